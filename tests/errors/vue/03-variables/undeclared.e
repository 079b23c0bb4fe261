// CLAIM: reading a name that was never assigned before is an error
// SPEC: 3.2
// EXIT: 2
@@BEGIN { length = 1; printf("%d\n", lenght); exit(); }
