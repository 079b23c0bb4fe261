// CLAIM: keys that are numbers are sorted as numbers
// SPEC: 8.3
@@BEGIN { a[10] = 1; a[9] = 2; a[-1] = 3; a[100] = 4; print(a); exit(); }
