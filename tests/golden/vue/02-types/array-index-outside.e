// CLAIM: an index that falls outside at run time ends nothing: it reads as 0, and nothing is stored; one warning a site, counted
// SPEC: 2.1
struct pair { int a, b; };
struct pair pairs[3];
@@BEGIN
{
    __auto char local[4];
    int a[4], i, x;
    a[0] = 7; local[0] = 8; pairs[0].b = 9;
    i = 100;
    a[i] = 5; a[i]++; a[i] += 3;
    local[i] = 'x'; pairs[i].b = 4;
    x = a[i];
    printf("%d %d %d | %d %d | %d %d\n", x, a[0], a[3], local[0], local[i], pairs[0].b, pairs[i].b);
    i = -1;
    a[i] = 1;
    printf("%d %d\n", a[i], a[i] = 6);
    exit();
}
