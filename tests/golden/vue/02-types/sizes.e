// CLAIM: sizes of the types of C, 64-bit
// SPEC: 2.1
@@BEGIN {
    printf("%d %d %d %d %d\n", sizeof(char), sizeof(short), sizeof(int), sizeof(long), sizeof(long long));
    printf("%d %d %d %d\n", sizeof(float), sizeof(double), sizeof(char *), sizeof(void *));
    exit();
}
