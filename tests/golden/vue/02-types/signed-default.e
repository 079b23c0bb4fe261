// CLAIM: short, int, long and long long are signed unless unsigned
// SPEC: 2.1
@@BEGIN {
    short a; int b; long c; long long d; unsigned short e; unsigned int f; unsigned long g;
    a = -1; b = -1; c = -1; d = -1; e = -1; f = -1; g = -1;
    printf("%d %d %ld %lld %d %u %lu\n", a, b, c, d, e, f, g);
    exit();
}
