// CLAIM: division and shift of unsigned values
// SPEC: 1.6
@@BEGIN { unsigned int u; int i; u = 0xfffffffe; i = -2; printf("%u %u %d %u\n", u / 2, u >> 1, i >> 1, u % 7); exit(); }
