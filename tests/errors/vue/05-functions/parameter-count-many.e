// CLAIM: too many
// SPEC: 5
// EXIT: 2
@@BEGIN { int x; x = strstr("abc", "b", "c"); exit(); }
