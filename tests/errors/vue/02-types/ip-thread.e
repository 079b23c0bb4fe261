// CLAIM: auto or global only
// SPEC: 2.10
// EXIT: 2
__thread ip_addr_t a;
@@BEGIN { exit(); }
