// CLAIM: the name is a literal
// SPEC: 5.11
// EXIT: 2
@@BEGIN { String s[4]; s = "a"; start_tentative(s); exit(); }
