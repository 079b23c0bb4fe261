// CLAIM: else belongs to the nearest if
// SPEC: 1.5
int a, b;
@@BEGIN { a = 1; b = 0; if (a) if (b) printf("ab\n"); else printf("a not b\n"); exit(); }
