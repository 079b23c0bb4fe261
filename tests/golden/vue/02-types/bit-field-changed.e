// CLAIM: what an assignment, an operator of it and a step give is what the bit-field holds, promoted as gcc promotes it
// SPEC: 2.1
struct bits { unsigned a:3; int b:5; unsigned c:32; } s;
@@BEGIN
{
    printf("%d %d %d\n", (s.a = 15), (s.b = 31), (s.b += 20));
    s.a = 7; printf("%d ", ++s.a); s.a = 0; printf("%d ", --s.a); s.a = 7; printf("%d ", s.a++); printf("%d\n", s.a);
    printf("%d %d %d %d\n", (s.a = 9) - 8 < 0, (s.a += 1) - 8 < 0, s.a++ - 8 < 0, (s.c = 1) - 2 < 0);
    s.a = 7;
    printf("%lld %lld\n", (long long)(s.a * -2), (long long)((unsigned int)s.a * -2));
    exit();
}
