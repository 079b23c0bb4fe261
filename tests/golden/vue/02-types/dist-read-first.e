// CLAIM: a distribution may be read in the text before it is counted in
// SPEC: 2.5
// extension: AIX has no distributions
@@END { printf("%lld %lld %lld %lld\n", quantile(d, 0.5), count(d), max(by[3]), quantile(by[4], 0.5)); print(d); print(u); printf("%lld\n", distinct(u)); }
@@BEGIN { add_dist(d, 7); add_dist(by[3], 8); add_distinct(u, 9); }
