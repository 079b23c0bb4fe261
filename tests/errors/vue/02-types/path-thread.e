// CLAIM: path_t is not thread-local
// SPEC: 2.8
// EXIT: 2
__thread path_t p;
@@BEGIN { exit(); }
