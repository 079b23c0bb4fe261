// CLAIM: an automatic variable is undefined until it is assigned
// SPEC: 3.1
// EXIT: 2
@@BEGIN { __auto int x; printf("%d\n", x); exit(); }
