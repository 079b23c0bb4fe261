// CLAIM: no functions: exists
// SPEC: 4
// EXIT: 2
@@BEGIN { a[1] = 1; }
@@interval:*:clock:100 when (exists(a, 1)) { }
