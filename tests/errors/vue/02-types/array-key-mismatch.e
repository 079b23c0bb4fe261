// CLAIM: every use has the same key types
// SPEC: 2.4
// EXIT: 2
@@BEGIN { a["x"] = 1; a[5] = 2; exit(); }
