// CLAIM: append(l1, l2) adds all elements of l2
// SPEC: 2.3
__list a;
__list b;
@@BEGIN { append(a, 1); append(b, 2); append(b, 3); append(a, b); printf("%lld %lld %lld\n", count(a), sum(a), count(b)); exit(); }
