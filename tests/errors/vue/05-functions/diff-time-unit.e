// CLAIM: the unit is one of the constants
// SPEC: 5.2
// EXIT: 2
probev_timestamp_t t;
@@BEGIN { long long x; x = diff_time(t, t, SECONDS); exit(); }
