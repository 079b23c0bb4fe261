// CLAIM: keys: integral, floating point, String, timestamp, MAC and IP address
// SPEC: 2.4
@@BEGIN {
    mac_addr_t m; ip_addr_t i; probev_timestamp_t t; double d;
    m = "02:00:00:00:00:01"; i = "10.0.0.1"; d = 2.5; t = timestamp();
    a[5] = 1; b[d] = 2; c["s"] = 3; e[t] = 4; f[m] = 5; g[i] = 6;
    printf("%d %d %d %d %d %d\n", a[5], b[2.5], c["s"], e[t], f[m], g[i]);
    exit();
}
