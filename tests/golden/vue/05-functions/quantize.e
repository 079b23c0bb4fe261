// CLAIM: quantize draws bars linear in the value
// SPEC: 5.7
@@BEGIN { a[12] = 40; a[13] = 20; a[27] = 1; quantize(a); exit(); }
