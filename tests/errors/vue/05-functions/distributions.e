// CLAIM: wrong uses of distributions and of counts of different values
// SPEC: 5.6
// extension: AIX has no distributions
// EXIT: 2
dist_t d;
distinct_t unused = 3;
__auto dist_t local;
dist_t several[4];
struct holder { dist_t inside; };
dist_t twice;
int twice;
int x;
String s[8];
@@BEGIN {
    add_dist(bare, 1);
    add_dist(keyed[1], 1);
    add_distinct(u, 1);
    quantile(bare, 1.5);
    quantile(bare, 99);
    quantile(bare, x);
    quantile(bare, -1);
    quantile(bare);
    quantile(mistyped, 0.5);
    quantile(bar, 0.5);
    add_dist(x, 5);
    add_dist("x", 5);
    add_dist(bare, "text");
    add_dist(keyed, 1);
    add_dist(bare[1], 1);
    add_dist(keyed[1][2], 1);
    add_distinct(keyed[1], 1);
    add_distinct(u, bare);
    add_distinct(u);
    bare = 4;
    bare++;
    keyed[1] = 4;
    keyed[1]++;
    x = bare;
    x = keyed[1];
    x = u;
    if (bare) x = 1;
    x = bare + 1;
    keyed[bare] = 1;
    printf("%d %lld\n", bare, u);
    trace(bare);
    x = distinct(bare);
    x = count(u);
    append(bare, 1);
    delete(bare, 1);
}
