// CLAIM: constants: dotted IPv4, IPv6
// SPEC: 2.10
@@BEGIN { ip_addr_t a, b; a = "10.10.10.1"; b = "fe80::2c0c:33ff:fe48:f903"; printf("%I %I\n", a, b); exit(); }
