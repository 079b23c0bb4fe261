// CLAIM: no arithmetic on timestamps
// SPEC: 2.6
// EXIT: 2
probev_timestamp_t t;
@@BEGIN { long long x; x = t - 1; exit(); }
