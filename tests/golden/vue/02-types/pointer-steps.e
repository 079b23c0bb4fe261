// CLAIM: ++ and -- move a pointer by one element, as += 1 and + 1 do
// SPEC: 2.1
@@BEGIN
{
    int *p = (int *)1000;
    long long *q = (long long *)1000;
    char *r = (char *)1000;
    p++;
    printf("%d", p);
    ++p;
    printf(" %d", p);
    p += 1;
    printf(" %d %d\n", p, p + 1);
    printf("%d", q--);
    printf(" %d", q);
    --q;
    printf(" %d %d\n", q, q - 1);
    r++;
    printf("%d\n", r);
    exit();
}
