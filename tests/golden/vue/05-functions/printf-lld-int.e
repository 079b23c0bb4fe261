// CLAIM: %lld with an int is fine
// SPEC: 5.1
@@BEGIN { int i; unsigned int u; i = -5; u = 4294967295; printf("%lld %ld %lld %llx\n", i, i, u, i); exit(); }
