// CLAIM: one mistake, one message: a letter in a number
// SPEC: 7.6
// EXIT: 2
@@BEGIN { a[1x] = 512; a[2] = 1; print(a); exit(); }
