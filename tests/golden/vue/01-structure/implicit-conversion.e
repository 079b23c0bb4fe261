// CLAIM: implicit conversions as in C: widening, narrowing, sign
// SPEC: 1.6
@@BEGIN { long long l; int i; unsigned char c; l = 0x1234567890; i = l; c = i; l = c - 300; printf("%x %x %lld\n", i, c, l); exit(); }
