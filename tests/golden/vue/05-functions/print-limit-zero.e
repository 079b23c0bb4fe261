// CLAIM: 0 prints all
// SPEC: 5.7
@@BEGIN { a[3] = 1; a[1] = 2; print(a, 0); exit(); }
