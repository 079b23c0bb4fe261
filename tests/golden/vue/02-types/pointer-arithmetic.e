// CLAIM: pointers count in elements
// SPEC: 2.1
@@BEGIN { int *p; char *c; p = (int *)1000; c = (char *)1000; printf("%lld %lld %lld\n", (long long)(p + 3), (long long)(c + 3), (long long)(p - 1)); exit(); }
