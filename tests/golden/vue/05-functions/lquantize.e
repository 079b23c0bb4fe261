// CLAIM: lquantize draws bars logarithmic in the value: log2(value) + 1
// SPEC: 5.7
@@BEGIN { a[1] = 512; a[2] = 16; a[3] = 1; lquantize(a); exit(); }
