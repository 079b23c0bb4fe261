// CLAIM: a file that cannot be written
// SPEC: 7.1
// ARGS: -o /no/such/folder/file
// EXIT: 2
@@BEGIN { printf("x\n"); exit(); }
