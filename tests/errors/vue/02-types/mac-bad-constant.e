// CLAIM: a constant that is no MAC address
// SPEC: 2.9
// EXIT: 2
@@BEGIN { mac_addr_t m; m = "02:42:ac"; exit(); }
