// CLAIM: %M with an IP address is an error
// SPEC: 5.1
// EXIT: 2
@@BEGIN { ip_addr_t a; a = "1.2.3.4"; printf("%M\n", a); exit(); }
