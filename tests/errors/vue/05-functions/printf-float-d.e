// CLAIM: %d with a double is an error
// SPEC: 5.1
// EXIT: 2
@@BEGIN { double d; d = 1.5; printf("%d\n", d); exit(); }
