// CLAIM: a difference that is negative, truncated toward zero
// SPEC: 5.2
@@BEGIN {
    probev_timestamp_t a, b; a = (probev_timestamp_t) 1000000000LL; b = (probev_timestamp_t) 1002500900LL;
    printf("%lld %lld\n", diff_time(b, a, MICROSECONDS), diff_time(b, a, MILLISECONDS)); exit();
}
