// CLAIM: a conversion that does not exist
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%Q\n", 1); exit(); }
