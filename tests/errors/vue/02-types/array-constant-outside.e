// CLAIM: a constant index outside an array
// SPEC: 2.1
// EXIT: 2
@@BEGIN { int a[4]; a[4] = 1; exit(); }
