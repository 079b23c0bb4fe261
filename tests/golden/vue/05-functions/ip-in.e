// CLAIM: ip_in: an address in a network, of both versions; the network may be one address
// SPEC: 5.9
// extension: AIX has no such function
@@BEGIN {
    ip_addr_t a, b, c;
    a = "10.1.2.3"; b = "2001:db8:1::5"; c = "::ffff:10.1.2.3";
    printf("%d%d%d%d ", ip_in(a, "10.0.0.0/8"), ip_in(a, "10.1.2.2/31"), ip_in(a, "10.1.2.4/30"), ip_in(a, "0.0.0.0/0"));
    printf("%d%d%d%d ", ip_in(b, "2001:db8::/32"), ip_in(b, "2001:db8::/47"), ip_in(b, "2001:db8::/48"), ip_in(b, "::/0"));
    printf("%d%d%d%d\n", ip_in(a, "10.1.2.3"), ip_in(a, "10.1.2.2"), ip_in(b, "2001:db8:1::5"), ip_in(b, "2001:db8:1::4"));
    // Neither version is in a network of the other; ::ffff:a.b.c.d is of IPv4.
    printf("%d%d%d%d ", ip_in(a, "::/0"), ip_in(b, "0.0.0.0/0"), ip_in(c, "10.0.0.0/8"), ip_in(c, "::/0"));
    printf("%d%d%d\n", ip_in(a, "::ffff:10.0.0.0/104"), ip_in(c, "::ffff:10.1.2.3"), ip_in(a, "::ffff:11.0.0.0/104"));
    printf("%d%d\n", ip_in("192.0.2.9", "192.0.2.8/29"), !ip_in("192.0.2.9", "192.0.2.8/32"));
    exit();
}
