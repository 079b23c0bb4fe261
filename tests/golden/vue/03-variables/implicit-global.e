// CLAIM: without prefix the first assignment declares a global of the type of the right side
// SPEC: 3.2
@@BEGIN { a = 5; b = 1LL << 40; c = "text"; d = 2.5; e = timestamp(); f = 'x';
    printf("%d %lld %s %g %d %d %d\n", a, b, c, d, e > 0, sizeof(a), sizeof(f)); }
@@BEGIN { printf("%d %s\n", a, c); exit(); }
