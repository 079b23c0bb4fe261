// CLAIM: no arguments outside function probes
// SPEC: 3.3
// EXIT: 2
@@BEGIN { printf("%d\n", __arg1); exit(); }
