// CLAIM: the value of a list's assignment is the list
// SPEC: 2.3
__list l; __list m; __list n; int i;
@@BEGIN
{
    append(n, 1); append(n, 2);
    l = m = n;
    printf("%d %d %d %d\n", sum(l), sum(m), count(l), sum(m = n));
    append(l, m = n);
    printf("%d\n", count(l));
    b[0] = list();
    printf("%d ", count(b[i++] = n)); printf("%d %d %d\n", i, count(b[0]), count(b[7]));
    l = b[i++] = m; printf("%d %d %d\n", i, count(l), count(b[1]));
    exit();
}
