// CLAIM: clear and delete take distributions and counts of different values away; exists sees them
// SPEC: 2.5
// extension: AIX has no distributions
@@BEGIN {
    add_dist(d, 7);
    add_dist(by[1], 7);
    add_dist(by[2], 7);
    add_distinct(u, 7);
    printf("%d %d\n", exists(by, 1), exists(by, 3));
    delete(by, 1);
    clear(d);
    clear(u);
    print(by);
    printf("%lld %lld %lld\n", count(d), count(by[1]), distinct(u));
    add_dist(d, 9);
    add_dist(by[1], 9);
    add_distinct(u, 8);
    print(d);
    print(by);
    print(u);
}
