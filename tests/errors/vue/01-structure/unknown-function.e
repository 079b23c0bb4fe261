// CLAIM: only functions of the library can be called
// SPEC: 1.5
// EXIT: 2
@@BEGIN { printf("%d\n", strlen("abc")); exit(); }
