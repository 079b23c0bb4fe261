// CLAIM: arrays of arrays
// SPEC: 2.1
@@BEGIN { int a[2][3]; a[1][2] = 5; a[0][1] = 4; printf("%d %d %d %d\n", a[0][1], a[1][2], sizeof(a), sizeof(a[0])); exit(); }
