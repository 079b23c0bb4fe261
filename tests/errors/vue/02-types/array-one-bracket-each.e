// CLAIM: each dimension has its own brackets
// SPEC: 2.4
// EXIT: 2
@@BEGIN { a[1, 2] = 1; exit(); }
