// CLAIM: headers that name integers of 16 bytes are read; nothing can be made of these
// SPEC: 1.4
// ARGS: -I ../headers/wide.i
@@BEGIN
{
    struct narrow x;
    x.a = 5;
    printf("%d %d\n", x.a, sizeof(struct narrow));
    exit();
}
