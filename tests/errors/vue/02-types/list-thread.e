// CLAIM: a list is never thread-local
// SPEC: 2.3
// EXIT: 2
__thread __list l;
@@BEGIN { exit(); }
