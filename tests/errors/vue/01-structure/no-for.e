// CLAIM: no loops: for
// SPEC: 1.5
// EXIT: 2
@@BEGIN { int i; for (i = 0; i < 3; i++) printf("x\n"); exit(); }
