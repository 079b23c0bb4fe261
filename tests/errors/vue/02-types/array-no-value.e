// CLAIM: an array itself has no value
// SPEC: 2.4
// EXIT: 2
@@BEGIN { a["x"] = 1; printf("%d\n", a); exit(); }
