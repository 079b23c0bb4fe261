// CLAIM: no functions
// SPEC: 4
// EXIT: 2
__list l;
@@interval:*:clock:100 when (count(l) > 5) { }
