// CLAIM: they take lists
// SPEC: 5.5
// EXIT: 2
@@BEGIN { int x; x = 5; x = sum(x); exit(); }
