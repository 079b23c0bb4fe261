// CLAIM: == and != against addresses and constants
// SPEC: 2.10
@@BEGIN { ip_addr_t a, b; a = "10.0.0.1"; b = a; printf("%d %d %d %d\n", a == b, a == "10.0.0.1", a != "10.0.0.1", "::1" == a); exit(); }
