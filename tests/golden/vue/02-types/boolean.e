// CLAIM: a _Bool holds 0 or 1: what is not 0 becomes 1, also of steps, operators and bit-fields (C11 6.3.1.2)
// SPEC: 2.1
_Bool b;
struct flags { _Bool e:1; _Bool f; } s;
union bytes { unsigned char c; _Bool b; } u;
@@BEGIN
{
    b = 256; printf("%d ", b); b = 2; printf("%d ", b); b++; printf("%d ", b); b--; printf("%d ", b); b--; printf("%d ", b);
    b += 5; printf("%d ", b); b = 0.5; printf("%d ", b); b *= 0.5; printf("%d ", b); b = (long)1 << 40; printf("%d %d\n", b, (_Bool)2);
    b = 0; b--; printf("%d ", b--); printf("%d ", --b); printf("%d ", b++); s.e = 2; s.f = 512;
    printf("%d %d %d %d\n", s.e, (s.e = 4), s.f, sizeof(_Bool));
    u.c = 2; b = u.b; printf("%d %d %d %d\n", b, u.b, !u.b, u.b == 1);
    exit();
}
