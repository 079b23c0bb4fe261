// CLAIM: print prints key and value pairs
// SPEC: 2.4
@@BEGIN { a["x"] = 1; a["b"] = 2; print(a); exit(); }
