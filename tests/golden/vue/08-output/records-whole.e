// CLAIM: records are printed whole, in order
// SPEC: 8.1
@@BEGIN { printf("a %d\nb ", 1); printf("%d\n", 2); exit(); }
