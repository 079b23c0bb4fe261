// CLAIM: %I an IP address, IPv6 as of RFC 5952
// SPEC: 5.1
@@BEGIN { ip_addr_t a; a = "2001:db8:0:0:1:0:0:1"; printf("%I ", a); a = "2001:DB8::0:1"; printf("%I ", a); a = "::"; printf("%I [%12I]\n", a, "10.0.0.1"); exit(); }
