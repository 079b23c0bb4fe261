// CLAIM: no other comparison
// SPEC: 2.10
// EXIT: 2
@@BEGIN { ip_addr_t a; if (a > "10.0.0.1") exit(); }
