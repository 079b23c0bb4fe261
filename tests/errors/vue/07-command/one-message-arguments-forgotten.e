// CLAIM: one mistake, one message: all arguments are forgotten
// SPEC: 7.6
// EXIT: 2
@@END { printf("%d %d %d\n"); }
