// CLAIM: every use has the same number of dimensions
// SPEC: 2.4
// EXIT: 2
@@BEGIN { a["x"] = 1; a["x"]["y"] = 2; exit(); }
