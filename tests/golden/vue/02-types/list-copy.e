// CLAIM: l1 = l2 replaces the contents by a copy
// SPEC: 2.3
__list a;
__list b;
@@BEGIN { append(a, 1); append(b, 2); append(b, 3); a = b; append(b, 100); printf("%lld %lld %lld\n", count(a), sum(a), sum(b)); exit(); }
