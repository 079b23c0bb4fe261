// CLAIM: no thread-local lists, addresses, paths, stacks
// SPEC: 3.3
// EXIT: 2
__thread net_info_t n;
__thread mac_addr_t m;
@@BEGIN { exit(); }
