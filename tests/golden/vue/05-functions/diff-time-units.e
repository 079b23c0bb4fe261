// CLAIM: diff_time in microseconds and milliseconds
// SPEC: 5.2
@@BEGIN {
    probev_timestamp_t a, b; a = (probev_timestamp_t) 1000000000LL; b = (probev_timestamp_t) 1002500900LL;
    printf("%lld %lld\n", diff_time(a, b, MICROSECONDS), diff_time(a, b, MILLISECONDS)); exit();
}
