// CLAIM: = == != only
// SPEC: 2.9
// EXIT: 2
@@BEGIN { mac_addr_t m, n; if (m < n) exit(); }
