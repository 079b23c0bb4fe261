// CLAIM: no lists
// SPEC: 4
// EXIT: 2
__list l;
@@interval:*:clock:100 when (l == 0) { }
