// CLAIM: the second key decides where the first is the same
// SPEC: 8.3
@@BEGIN { a["x"][10] = 1; a["x"][2] = 2; a["w"][5] = 3; print(a); exit(); }
