// CLAIM: -A without -X
// SPEC: 7.1
// ARGS: -A "x y"
// EXIT: 2
@@BEGIN { exit(); }
