// CLAIM: one mistake, one message: an argument is missing between commas
// SPEC: 7.6
// EXIT: 2
@@BEGIN { printf("%d %d %d\n", 1, , 3); exit(); }
