// CLAIM: binding replaces
// SPEC: 2.4
@@BEGIN { a["k"] = 1; a["k"] = 2; printf("%d\n", a["k"]); print(a); exit(); }
