// CLAIM: %o octal
// SPEC: 5.1
@@BEGIN { printf("%o %#o\n", 8, 8); exit(); }
