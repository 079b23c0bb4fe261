// CLAIM: no loops: while
// SPEC: 1.5
// EXIT: 2
@@BEGIN { while (1) { printf("x\n"); } exit(); }
