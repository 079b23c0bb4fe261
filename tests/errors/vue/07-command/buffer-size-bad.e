// CLAIM: -s wants a number
// SPEC: 7.1
// ARGS: -s big
// EXIT: 2
@@BEGIN { exit(); }
