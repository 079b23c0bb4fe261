// CLAIM: bit-fields are laid out as the ABI does and can be read and written
// SPEC: 2.1
// extension: AIX leaves them undefined
struct b { unsigned int a : 3; unsigned int b : 5; int c : 4; unsigned long long d : 40; };
@@BEGIN {
    struct b v; v.a = 9; v.b = 31; v.c = -3; v.d = 0x123456789a;
    printf("%d %d %d %llx %d\n", v.a, v.b, v.c, v.d, sizeof(struct b));
    exit();
}
