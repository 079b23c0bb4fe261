// CLAIM: trace prints an address in hexadecimal
// SPEC: 5.1
@@BEGIN { ip_addr_t a; a = "10.0.0.1"; trace(a); exit(); }
