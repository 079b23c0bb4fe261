// CLAIM: -c knows its names
// SPEC: 7.1
// ARGS: -c timestmap=1
// EXIT: 2
@@BEGIN { exit(); }
