// CLAIM: one mistake, one message: a `}` is missing
// SPEC: 7.6
// EXIT: 2
@@BEGIN
{
    x = 1;
    if (x) { x = 2;
    exit();
}
@@END { printf("%d\n", x); }
