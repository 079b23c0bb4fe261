// CLAIM: what lies more than 32 KB behind the beginning of a variable is read and written there
// SPEC: 2.1
struct large { char pad[65536]; int b; };
int a[20000];
int z[40000];
int x[100000];
struct large g;
__thread int big[9000];
__thread int n;
@@BEGIN
{
    __auto int y[40000];
    int i;
    i = 10000;
    y[10000] = 3;
    printf("%d\n", y[i]);
    n = 5;
    printf("%d\n", n);
    x[50000] = 3;
    i = 50000;
    printf("%d\n", x[i]);
    z[10000] = 3;
    i = 13616;
    printf("%d\n", a[i]);
    g.b = 5;
    i = 0;
    printf("%d %d\n", g.pad[i], g.b);
    exit();
}
