// CLAIM: an int is too small: a warning
// SPEC: 2.6
@@BEGIN { int x; x = timestamp(); printf("cut\n"); exit(); }
