// CLAIM: exists names a key for each dimension
// SPEC: 2.4
// EXIT: 2
@@BEGIN { int x; a[1][2] = 1; x = exists(a, 1); exit(); }
