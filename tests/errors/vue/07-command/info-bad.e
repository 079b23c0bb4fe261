// CLAIM: -q knows three words
// SPEC: 7.1
// ARGS: -q info=much
// EXIT: 2
@@BEGIN { exit(); }
