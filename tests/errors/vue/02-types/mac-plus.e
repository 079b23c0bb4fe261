// CLAIM: no arithmetic
// SPEC: 2.9
// EXIT: 2
@@BEGIN { mac_addr_t m; long long x; x = m + 1; exit(); }
