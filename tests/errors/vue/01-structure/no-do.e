// CLAIM: no loops: do
// SPEC: 1.5
// EXIT: 2
@@BEGIN { do { printf("x\n"); } while (0); exit(); }
