// CLAIM: a function that is not known, with a suggestion
// SPEC: 5
// EXIT: 2
@@BEGIN { prinf("x\n"); exit(); }
