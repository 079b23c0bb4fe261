// CLAIM: exit status 2: compile error
// SPEC: 7.5
// EXIT: 2
@@BEGIN { printf("%d\n", x); exit(); }
