// CLAIM: floating point keys compare by their value
// SPEC: 2.4
@@BEGIN { a[0.1] = 1; a[0.25] = 2; printf("%d %d %d\n", a[0.1], a[0.25], a[0.2]); exit(); }
