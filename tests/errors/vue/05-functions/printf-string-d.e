// CLAIM: %d with a String is an error
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%d\n", "x"); exit(); }
