// CLAIM: quantize needs values that are numbers
// SPEC: 5.7
// EXIT: 2
@@BEGIN { a[1] = "x"; quantize(a); exit(); }
