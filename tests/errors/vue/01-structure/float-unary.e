// CLAIM: no unary operator on floating values
// SPEC: 1.6
// EXIT: 2
@@BEGIN { double d; d = 1.5; d++; exit(); }
