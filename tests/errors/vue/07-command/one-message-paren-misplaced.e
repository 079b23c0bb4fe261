// CLAIM: one mistake, one message: a `(` that stands twice
// SPEC: 7.6
// EXIT: 2
__list l;
@@BEGIN { printf("%lld %lld %lld\n", sum(l), avg((l), max(l)); exit(); }
