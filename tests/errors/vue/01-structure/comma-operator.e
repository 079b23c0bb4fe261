// CLAIM: the comma operator is not supported
// SPEC: 1.6
// EXIT: 2
@@BEGIN { int x, y; x = 1, y = 2; exit(); }
