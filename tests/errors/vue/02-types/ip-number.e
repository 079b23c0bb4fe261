// CLAIM: no comparison with a number
// SPEC: 2.10
// EXIT: 2
@@BEGIN { ip_addr_t a; if (a == 0) exit(); }
