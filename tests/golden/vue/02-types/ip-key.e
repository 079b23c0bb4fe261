// CLAIM: key and value of arrays, sorted by value
// SPEC: 2.10
@@BEGIN { ip_addr_t a; a = "10.0.0.10"; n[a] = 1; a = "10.0.0.9"; n[a] = 2; a = "::1"; n[a] = 3; v["x"] = a; print(n); print(v); exit(); }
