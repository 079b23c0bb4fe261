// CLAIM: integers print by the size of their specifier, at least their own
// SPEC: 8.1
@@BEGIN { long long l; int i; l = -1; i = -1; printf("%d %x %lx %hx %u\n", l, l, i, i, i); exit(); }
