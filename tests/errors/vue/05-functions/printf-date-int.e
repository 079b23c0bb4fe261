// CLAIM: %A with an int is an error
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%A\n", 5); exit(); }
