// CLAIM: an action block has no value
// SPEC: 1.1
// EXIT: 2
@@BEGIN { return 1; }
