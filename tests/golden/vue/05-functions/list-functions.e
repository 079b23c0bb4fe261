// CLAIM: list append sum avg min max count
// SPEC: 5.5
@@BEGIN { l = list(); append(l, 2); append(l, 5); printf("%lld %lld %lld %lld %d\n", sum(l), avg(l), min(l), max(l), count(l)); exit(); }
