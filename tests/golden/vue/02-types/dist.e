// CLAIM: a distribution, alone and by key: aggregates and quantiles of numbers that have a bin each are exact
// SPEC: 2.5
// extension: AIX has no distributions
// ARGS: -r $DATA/web.pcap
dist_t declared;
@@net:bpf:any:*:"" when (__pkt->number <= 100) {
    add_dist(all, __pkt->number);
    add_dist(by[__pkt->number % 2], -__pkt->number);
}
@@END {
    add_dist(declared, 5);
    printf("%lld %lld %lld %lld %lld\n", count(all), sum(all), avg(all), min(all), max(all));
    printf("%lld %lld %lld %lld %lld\n", quantile(all, 0), quantile(all, 0.07), quantile(all, 0.5), quantile(all, 0.99), quantile(all, 1));
    printf("%lld %lld %lld\n", quantile(by[0], 0.5), quantile(by[1], 0.5), quantile(by[2], 0.5));
    print(all);
    print(by);
    print(declared);
}
