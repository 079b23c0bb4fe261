// CLAIM: NANOSECONDS
// SPEC: 5.2
// extension: AIX has two units
@@BEGIN { printf("%lld\n", diff_time((probev_timestamp_t) 1000LL, (probev_timestamp_t) 1007LL, NANOSECONDS)); exit(); }
