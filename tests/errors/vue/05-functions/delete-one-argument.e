// CLAIM: delete takes the array and the key
// SPEC: 5.3
// EXIT: 2
@@BEGIN { a[1] = 2; delete(a[1]); }
