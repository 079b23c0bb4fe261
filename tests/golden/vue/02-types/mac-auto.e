// CLAIM: an automatic mac_addr_t, key and value of arrays
// SPEC: 2.9
@@BEGIN { __auto mac_addr_t m; m = "02:00:00:00:00:01"; a[m] = 1; b["x"] = m; print(a); print(b); exit(); }
