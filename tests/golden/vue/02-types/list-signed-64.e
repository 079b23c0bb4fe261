// CLAIM: elements are signed 64 bit, shorter integers are promoted
// SPEC: 2.3
__list l;
@@BEGIN { char c; short s; c = 200; s = -5; append(l, c); append(l, s); append(l, 1LL << 40); printf("%lld %lld\n", max(l), min(l)); exit(); }
