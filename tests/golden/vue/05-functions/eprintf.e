// CLAIM: eprintf prints to standard error
// SPEC: 5.1
@@BEGIN { eprintf("to err %d\n", 5); printf("to out\n"); exit(); }
