// CLAIM: no pointers to path_t
// SPEC: 2.8
// EXIT: 2
@@BEGIN { path_t *p; exit(); }
