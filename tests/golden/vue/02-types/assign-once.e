// CLAIM: an assignment evaluates its value, and then its target once, whether its own value is used or not
// SPEC: 2.2
struct pair { int a; int b; };
struct pair p; struct pair q; struct pair r; int i; __thread String s[8];
struct named { int a; String n[12]; };
struct named g[3]; String odd[12];
@@BEGIN
{
    t = (w[i++] = "abc");
    printf("%s %d %s\n", t, i, w[0]);
    printf("%s %d\n", (w[i++] = "def"), i);
    printf("%s %s\n", (s = "thread"), s);
    p.a = 3; p.b = 4; r = q = p;
    printf("%d %d\n", r.a, q.b);
    i = 0; g[i].n = (++i ? "first" : "none"); g[i].a = ++i; printf("[%s] [%s] %d\n", g[0].n, g[1].n, g[2].a);
    odd = "abcdefghijk"; odd = odd; printf("%s\n", odd);
    exit();
}
