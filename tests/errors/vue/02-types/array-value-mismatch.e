// CLAIM: every use has the same value type
// SPEC: 2.4
// EXIT: 2
@@BEGIN { a["x"] = 1; a["y"] = "text"; exit(); }
