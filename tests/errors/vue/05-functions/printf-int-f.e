// CLAIM: %f with an integer is an error
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%f\n", 5); exit(); }
