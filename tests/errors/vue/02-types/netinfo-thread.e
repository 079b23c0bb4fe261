// CLAIM: not thread-local
// SPEC: 2.11
// EXIT: 2
__thread net_info_t n;
@@BEGIN { exit(); }
