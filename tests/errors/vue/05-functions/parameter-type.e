// CLAIM: the compiler checks the types of parameters; compatible ones are converted
// SPEC: 5
// EXIT: 2
@@BEGIN { int x; x = atoi(5); exit(); }
