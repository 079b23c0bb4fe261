// CLAIM: plain char is unsigned
// SPEC: 2.1
@@BEGIN { char c; signed char s; unsigned char u; c = -1; s = -1; u = -1; printf("%d %d %d %d\n", c, s, u, c > 0); exit(); }
