// CLAIM: a variable is no associative array
// SPEC: 2.4
// EXIT: 2
@@BEGIN { int x; x = 1; printf("%d\n", x[0]); exit(); }
