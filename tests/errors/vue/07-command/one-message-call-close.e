// CLAIM: one mistake, one message: a `)` too many
// SPEC: 7.6
// EXIT: 2
@@BEGIN { printf("%d %d\n", 1, 2)); exit(); }
