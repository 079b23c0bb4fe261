// CLAIM: avg truncates toward zero
// SPEC: 2.3
__list l;
@@BEGIN { append(l, -3); append(l, -4); printf("%lld\n", avg(l)); exit(); }
