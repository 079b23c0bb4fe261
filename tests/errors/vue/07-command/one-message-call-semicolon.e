// CLAIM: one mistake, one message: a semicolon for a comma between arguments
// SPEC: 7.6
// EXIT: 2
@@BEGIN { printf("%d %d\n", 10 - 4; 100 / 5); exit(); }
