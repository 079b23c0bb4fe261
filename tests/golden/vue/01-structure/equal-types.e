// CLAIM: == and != for String, addresses and numbers
// SPEC: 1.6
@@BEGIN {
    ip_addr_t a, b; mac_addr_t m; String s[8];
    a = "10.0.0.1"; b = "10.0.0.2"; m = "02:00:00:00:00:01"; s = "x";
    printf("%d %d %d %d\n", a == b, a != b, m == "02:00:00:00:00:01", s != "x");
    exit();
}
