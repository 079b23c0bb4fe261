// CLAIM: arithmetic wraps at the size of its type
// SPEC: 1.6
@@BEGIN { int i; unsigned int u; long long l; i = 2147483647; i++; u = 0; u--; l = 9223372036854775807; l++; printf("%d %u %lld\n", i, u, l); exit(); }
