// CLAIM: print takes an associative array
// SPEC: 5.7
// EXIT: 2
@@BEGIN { int x; x = 1; print(x); exit(); }
