// CLAIM: an array whose values nothing says, though a key of it waits for them
// SPEC: 2.2
// EXIT: 2
@@BEGIN { x = n[n[1]]; exit(); }
