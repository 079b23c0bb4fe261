// CLAIM: char double else enum float if int long return short signed sizeof struct union unsigned void work
// SPEC: 1.4
enum e { one = 1 };
struct s { signed char a; unsigned short b; };
union u { long l; float f; };
@@BEGIN {
    struct s v; union u w; double d; void *p; short h;
    if (sizeof(struct s) == 4) { v.a = one; } else { return; }
    w.l = 2; d = 1.5; h = 3; p = 0;
    printf("%d %ld %g %d\n", v.a, w.l, d, h);
    exit();
}
