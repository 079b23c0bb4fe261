// CLAIM: += is not among the operators
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[9]; s = "a"; s += "b"; exit(); }
