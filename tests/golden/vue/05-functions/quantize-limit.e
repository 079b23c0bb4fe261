// CLAIM: quantize(a, n)
// SPEC: 5.7
@@BEGIN { a[1] = 4; a[2] = 2; quantize(a, 1); exit(); }
