// CLAIM: a block comment has an end
// SPEC: 1.2
// EXIT: 2
@@BEGIN { exit(); }
/* never ends
