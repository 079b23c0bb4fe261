// CLAIM: timestamp is the time, greater than 0
// SPEC: 5.2
@@BEGIN { probev_timestamp_t a, b; a = timestamp(); b = timestamp(); printf("%d %d\n", a > 0, b >= a); exit(); }
