// CLAIM: the value of an assignment to a bit-field is what the field then holds
// SPEC: 2.1
// extension: AIX leaves bit-fields undefined
struct b { unsigned int a : 3; int c : 4; };
@@BEGIN
{
    struct b v;
    int nine = 9;
    int constant = (v.a = 9);
    int variable = (v.a = nine);
    int negative = (v.c = 15);
    printf("%d %d %d\n", constant, variable, negative);
    exit();
}
