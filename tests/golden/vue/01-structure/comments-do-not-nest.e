// CLAIM: block comments do not nest, as in C
// SPEC: 1.2
/* /* one */
@@BEGIN { printf("// no /* comment */ in a string\n"); exit(); }
