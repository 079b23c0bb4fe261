// CLAIM: no continue
// SPEC: 1.5
// EXIT: 2
@@BEGIN { continue; }
