// CLAIM: no bar for what is not positive
// SPEC: 5.7
@@BEGIN { a[1] = 10; a[2] = -5; a[3] = 0; quantize(a); exit(); }
