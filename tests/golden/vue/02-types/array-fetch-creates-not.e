// CLAIM: fetching an unbound key does not create it
// SPEC: 2.4
@@BEGIN { int x; a["k"] = 1; x = a["other"]; printf("%d\n", exists(a, "other")); print(a); exit(); }
