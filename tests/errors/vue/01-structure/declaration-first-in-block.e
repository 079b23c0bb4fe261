// CLAIM: declarations of a block stand before its first statement
// SPEC: 1.3
// EXIT: 2
@@BEGIN { printf("x\n"); int late; exit(); }
