// CLAIM: casts between timestamps and long long, both ways
// SPEC: 1.6
@@BEGIN {
    long long l; probev_timestamp_t t;
    l = (long long) timestamp(); t = (probev_timestamp_t) l;
    printf("%d %d\n", l > 0, (long long) t == l);
    exit();
}
