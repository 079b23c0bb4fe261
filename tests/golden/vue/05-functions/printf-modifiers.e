// CLAIM: h, l and ll give the size that is printed
// SPEC: 5.1
@@BEGIN { long long l; l = 0x1234567890abcdef; printf("%hx %lx %llx %hhx %hd\n", l, l, l, l, 65537); exit(); }
