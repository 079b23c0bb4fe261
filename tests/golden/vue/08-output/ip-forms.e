// CLAIM: IPv6 as of RFC 5952: the longest run of zeros, the first of equal ones, lower case
// SPEC: 8.2
@@BEGIN {
    ip_addr_t a;
    a = "2001:DB8:0:0:0:0:0:1"; printf("%I\n", a);
    a = "2001:db8:0:1:1:1:1:1"; printf("%I\n", a);
    a = "2001:0:0:1:0:0:0:1"; printf("%I\n", a);
    a = "2001:db8:0:0:1:0:0:1"; printf("%I\n", a);
    a = "::ffff:192.0.2.1"; printf("%I\n", a);
    a = "::1"; printf("%I\n", a);
    a = "1::"; printf("%I\n", a);
    exit();
}
