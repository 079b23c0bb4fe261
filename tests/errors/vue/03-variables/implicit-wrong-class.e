// CLAIM: a prefix of another class is an error
// SPEC: 3.2
// EXIT: 2
@@BEGIN { auto:x = 1; printf("%d\n", thread:x); exit(); }
