// CLAIM: %d %i signed decimal
// SPEC: 5.1
@@BEGIN { printf("%d %i %d\n", 5, -5, 0); exit(); }
