// CLAIM: a number is no pointer
// SPEC: 2.1
// EXIT: 2
@@BEGIN { int x; x = 1; printf("%d\n", *x); exit(); }
