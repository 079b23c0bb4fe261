// CLAIM: arrays of a known size
// SPEC: 2.1
@@BEGIN { int a[4], i; i = 2; a[i] = 7; a[3] = a[2] + 1; printf("%d %d %d %d\n", a[0], a[2], a[3], sizeof(a)); exit(); }
