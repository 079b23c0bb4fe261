// CLAIM: no break
// SPEC: 1.5
// EXIT: 2
@@BEGIN { break; }
