// CLAIM: __list declares a list
// SPEC: 2.3
__list l;
@@BEGIN { append(l, 3); append(l, 4); printf("%lld %lld\n", count(l), sum(l)); exit(); }
