// CLAIM: what of a distribution cannot be printed, sorted or stand in a table
// SPEC: 5.6
// extension: AIX has no distributions
// EXIT: 2
int x;
char bytes[4];
struct pair { int a; int b; } both;
@@BEGIN {
    add_dist(bare, 1);
    add_dist(keyed[1], 1);
    add_distinct(u, 1);
    add_distinct(u, both);
    x = count(n[1]);
    x = u + 1;
    print_table("%d %d\n", timestamp());
    print(bare, 3, PRINT_HEXA);
    top(keyed);
    top(keyed, 5, SORT_BY_KEY);
    top(keyed, x);
    print_table("%d %d\n", keyed);
    print_table("%d %d\n", distinct(keyed));
    print_table("%d %d\n", quantile(keyed, 5));
    print_table("%d\n", bare);
    n[1]++;
    append(l[1], 1);
    print_table("%d %lld\n", quantile(n, 0.5));
    print_table("%d %lld\n", quantile(l, 0.5));
}
@@BEGIN when (bare > 3) { x = 1; }
@@BEGIN when (keyed[1] > 3) { x = 1; }
