// CLAIM: no casts of mac_addr_t
// SPEC: 1.6
// EXIT: 2
mac_addr_t m;
@@BEGIN { long long x; x = (long long)m; exit(); }
