// CLAIM: print(a, n) prints the first n
// SPEC: 5.7
@@BEGIN { a[3] = 1; a[1] = 2; a[2] = 3; print(a, 2); exit(); }
