// CLAIM: auto or global only
// SPEC: 2.9
// EXIT: 2
__thread mac_addr_t m;
@@BEGIN { exit(); }
