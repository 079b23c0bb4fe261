// CLAIM: one mistake, one message: a semicolon is missing
// SPEC: 7.6
// EXIT: 2
@@BEGIN { int a[4]; a[0] = 1 a[1] = 2; printf("%d\n", a[0]); exit(); }
