// CLAIM: an assignment whose value is used evaluates its target once
// SPEC: 4.1
struct pair { int a; int b; };
struct pair p; struct pair q; struct pair r; int i; __thread String s[8];
@@BEGIN
{
    t = (w[i++] = "abc");
    printf("%s %d %s\n", t, i, w[0]);
    printf("%s %d\n", (w[i++] = "def"), i);
    printf("%s %s\n", (s = "thread"), s);
    p.a = 3; p.b = 4; r = q = p;
    printf("%d %d\n", r.a, q.b);
    exit();
}
