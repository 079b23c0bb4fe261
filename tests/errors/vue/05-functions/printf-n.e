// CLAIM: %n does not exist
// SPEC: 5.1
// EXIT: 2
@@BEGIN { int x; printf("%n\n", x); exit(); }
