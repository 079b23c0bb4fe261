// CLAIM: a String that is a member is assigned without its neighbours
// SPEC: 2.2
struct s { String n[10]; String m[3]; int x; };
struct s g;
@@BEGIN
{
    g.x = 5;
    g.m = "mm";
    g.n = "abc";
    printf("[%s] [%s] %d\n", g.n, g.m, g.x);
    g.m = "m";
    g.n = "a long text that is cut";
    printf("[%s] [%s] %d\n", g.n, g.m, g.x);
    exit();
}
