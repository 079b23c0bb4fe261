// CLAIM: the result may be assigned to an int
// SPEC: 5.2
@@BEGIN { int d; d = diff_time((probev_timestamp_t) 1000LL, (probev_timestamp_t) 9000LL, MICROSECONDS); printf("%d\n", d); exit(); }
