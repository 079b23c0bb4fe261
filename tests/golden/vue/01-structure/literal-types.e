// CLAIM: an unsuffixed literal has the first type that holds it, as in C
// SPEC: 1.2
@@BEGIN {
    printf("%d %d %d %d\n", sizeof(2147483647), sizeof(2147483648), sizeof(0xffffffff), sizeof(0x100000000));
    printf("%d\n", 0xffffffff > 0 - 1);
    exit();
}
