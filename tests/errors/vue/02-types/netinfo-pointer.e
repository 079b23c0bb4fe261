// CLAIM: no pointers
// SPEC: 2.11
// EXIT: 2
@@BEGIN { net_info_t *n; exit(); }
