// CLAIM: a function without result has no value
// SPEC: 5
// EXIT: 2
@@BEGIN { int x; x = exit(); }
