// CLAIM: append gives no value
// SPEC: 2.3
// EXIT: 2
__list l;
@@BEGIN { int x; x = append(l, 1); exit(); }
