// CLAIM: the format is a literal
// SPEC: 5.1
// EXIT: 2
@@BEGIN { String f[9]; f = "%d\n"; printf(f, 1); exit(); }
