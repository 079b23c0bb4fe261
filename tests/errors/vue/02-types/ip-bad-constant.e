// CLAIM: a constant that is no address
// SPEC: 2.10
// EXIT: 2
@@BEGIN { ip_addr_t a; a = "10.10.10.256"; exit(); }
