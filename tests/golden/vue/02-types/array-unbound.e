// CLAIM: an unbound key gives 0 or ""
// SPEC: 2.4
@@BEGIN { ip_addr_t i; i = "1.2.3.4"; n["x"] = 1; s["x"] = "v"; d["x"] = 1.5; a["x"] = i;
    printf("%d [%s] %g %I\n", n["no"], s["no"], d["no"], a["no"]); exit(); }
