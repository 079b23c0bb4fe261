// CLAIM: the value of a list's assignment is the list
// SPEC: 2.6
__list l; __list m; __list n;
@@BEGIN
{
    append(n, 1); append(n, 2);
    l = m = n;
    printf("%d %d %d %d\n", sum(l), sum(m), count(l), sum(m = n));
    append(l, m = n);
    printf("%d\n", count(l));
    exit();
}
