// CLAIM: one too many
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%d\n", 1, 2); exit(); }
