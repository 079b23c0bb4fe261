// CLAIM: no casts of ip_addr_t
// SPEC: 1.6
// EXIT: 2
ip_addr_t a;
@@BEGIN { int x; x = (int)a; exit(); }
