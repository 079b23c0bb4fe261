// CLAIM: casts bind like unary operators
// SPEC: 1.6
@@BEGIN { printf("%d %d %d\n", (char)300 + 1, (short)70000 * 2, (unsigned char)-1); exit(); }
