// CLAIM: int and unsigned int compute as unsigned int
// SPEC: 1.6
@@BEGIN { int i; unsigned int u; i = -1; u = 1; printf("%d %u %d\n", i < u, i + u + 5, (long long)i < u); exit(); }
