// CLAIM: aggregates of an empty list are 0
// SPEC: 2.3
__list l;
@@BEGIN { printf("%lld %lld %lld %lld %lld\n", sum(l), avg(l), min(l), max(l), count(l)); exit(); }
