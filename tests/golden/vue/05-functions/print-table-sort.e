// CLAIM: limit, the column to sort by, the direction; equal rows by their keys
// SPEC: 5.7
// extension: AIX has no such function
@@BEGIN {
    a[1][30] = 4; a[2][20] = 4; a[3][10] = 9; b[3][10] = 1; b[2][20] = 8; b[4][5] = 8;
    printf("the first array\n"); print_table("%d %2d %d %d\n", a, b);
    printf("two rows\n"); print_table("%d %2d %d %d\n", a, b, 2);
    printf("the other array\n"); print_table("%d %2d %d %d\n", a, b, 0, 4);
    printf("it, ascending\n"); print_table("%d %2d %d %d\n", a, b, 0, 4, SORT_TYPE_ASCEND);
    printf("a key\n"); print_table("%d %2d %d %d\n", a, b, 0, 2);
    printf("it, descending\n"); print_table("%d %2d %d %d\n", a, b, 0, 2, SORT_TYPE_DESCEND);
    printf("the first that is printed\n"); print_table("%4$d %1$d %2$2d %3$d\n", a, b, 3, 1);
    printf("keys\n"); print_table("%d %2d %d %d\n", a, b, 3, SORT_BY_KEY);
    printf("keys, descending\n"); print_table("%d %2d %d %d\n", a, b, SORT_BY_KEY | SORT_TYPE_DESCEND);
    printf("values\n"); print_table("%d %2d %d %d\n", a, b, 1, 0, SORT_BY_VALUE | SORT_TYPE_ASCEND);
    set_aso_print_options(1, SORT_BY_KEY);
    printf("options of print are those of print\n"); print_table("%d %2d %d %d\n", a, b);
    exit();
}
