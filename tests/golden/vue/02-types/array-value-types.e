// CLAIM: values: integral, floating point, String, timestamp, MAC and IP address
// SPEC: 2.4
@@BEGIN {
    mac_addr_t m; ip_addr_t i; probev_timestamp_t t;
    m = "02:00:00:00:00:01"; i = "10.0.0.1"; t = timestamp();
    a[1] = 1LL << 40; b[1] = 2.5; c[1] = "s"; e[1] = t; f[1] = m; g[1] = i;
    printf("%lld %g %s %d %M %I\n", a[1], b[1], c[1], e[1] == t, f[1], g[1]);
    exit();
}
