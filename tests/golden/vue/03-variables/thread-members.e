// CLAIM: elements and members of thread-local variables: written by themselves, read as 0 before
// SPEC: 3.2
struct parts { int x; short y[3]; String s[5]; unsigned a:3; int b:5; };
__thread int a[4];
__thread struct parts p;
__global struct parts g;
int i;
@@BEGIN
{
    printf("%d %d %d [%s]\n", a[1], p.x, p.y[1], p.s);
    a[1] = 5; a[2]++; a[3] += 7; i = 2; a[i] += 10;
    printf("%d %d %d %d\n", a[0], a[1], a[2], a[3]);
    p.x = 3; p.y[1] = 4; p.y[i] = -9; p.s = "abcdef"; p.a = 9; p.b = 31;
    printf("%d %d %d %d %s %d %d\n", p.x, p.y[0], p.y[1], p.y[2], p.s, p.a, p.b);
    g = p;
    printf("%d %d %s\n", g.y[2], g.x, g.s);
    exit();
}
