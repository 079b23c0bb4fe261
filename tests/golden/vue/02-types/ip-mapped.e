// CLAIM: IPv4 and IPv6 addresses are different
// SPEC: 2.10
@@BEGIN { ip_addr_t a, b; a = "1.2.3.4"; b = "::ffff:1.2.3.4"; printf("%d %I\n", a == b, b); exit(); }
