// CLAIM: constants: host names, resolved at compile time
// SPEC: 2.10
@@BEGIN { ip_addr_t a; a = "127.0.0.1"; printf("%d\n", a == "localhost"); exit(); }
