// CLAIM: the suffixes L, LL, U, UL and ULL give the type as in C
// SPEC: 1.2
@@BEGIN {
    printf("%d %d %d %d %d\n", sizeof(1), sizeof(1L), sizeof(1LL), sizeof(1U), sizeof(1ull));
    printf("%d %d\n", 1 - 2 < 0, 1U - 2 < 0);
    exit();
}
