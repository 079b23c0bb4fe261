// CLAIM: one mistake, one message: a `}` too many ends the clause
// SPEC: 7.6
// EXIT: 2
@@BEGIN
{
    x = 1;
    if (x) { x = 2; } }
    x = 3;
    y = 4;
    exit();
}
@@END { printf("%d\n", x); }
