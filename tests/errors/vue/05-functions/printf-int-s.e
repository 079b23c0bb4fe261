// CLAIM: %s with an integer is an error
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%s\n", 5); exit(); }
