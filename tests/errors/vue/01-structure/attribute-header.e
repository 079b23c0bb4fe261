// CLAIM: a structure of a header with an attribute that cannot be obeyed is refused where it is used
// SPEC: 1.4
// ARGS: -I ../../../golden/vue/headers/packed.i
// EXIT: 2
@@BEGIN
{
    struct strange v;
    struct strange *p;
    p = (struct strange *) 5;
    p = p + 1;
    printf("%d\n", p->a);
    exit();
}
