// CLAIM: l = list() declares a list
// SPEC: 2.3
@@BEGIN { l = list(); append(l, 5); printf("%lld\n", count(l)); exit(); }
