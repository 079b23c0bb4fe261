// CLAIM: a list cannot stand in a predicate
// SPEC: 2.3
// EXIT: 2
__list l;
@@interval:*:clock:100 when (l) { }
