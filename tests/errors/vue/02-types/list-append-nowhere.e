// CLAIM: append adds to a list that is kept
// SPEC: 2.3
// EXIT: 2
__list l; __list m;
@@BEGIN { append(list(), 5); append(l = m, 5); exit(); }
