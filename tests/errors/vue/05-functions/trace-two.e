// CLAIM: trace takes one value
// SPEC: 5.1
// EXIT: 2
@@BEGIN { trace(1, 2); exit(); }
