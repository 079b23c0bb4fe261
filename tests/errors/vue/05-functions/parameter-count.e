// CLAIM: the compiler checks the number of parameters: too few
// SPEC: 5
// EXIT: 2
@@BEGIN { int x; x = strstr("abc"); exit(); }
