// CLAIM: diff_time takes timestamps
// SPEC: 5.2
// EXIT: 2
probev_timestamp_t t;
@@BEGIN { long long x; x = diff_time("x", t, MICROSECONDS); exit(); }
