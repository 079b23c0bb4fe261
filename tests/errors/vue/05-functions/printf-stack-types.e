// CLAIM: %t and %T print a stack only
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%t\n", 1); exit(); }
