// CLAIM: an empty array prints nothing
// SPEC: 8.3
@@BEGIN { a[1] = 1; clear(a); print(a); printf("end\n"); exit(); }
