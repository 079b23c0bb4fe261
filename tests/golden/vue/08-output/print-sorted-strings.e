// CLAIM: Strings are sorted bytewise
// SPEC: 8.3
@@BEGIN { a["b"] = 1; a["B"] = 2; a["ab"] = 3; a[""] = 4; print(a); exit(); }
