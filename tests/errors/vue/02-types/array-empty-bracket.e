// CLAIM: a key stands between the brackets
// SPEC: 2.4
// EXIT: 2
@@BEGIN { a[] = 1; exit(); }
