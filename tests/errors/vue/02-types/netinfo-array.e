// CLAIM: no arrays
// SPEC: 2.11
// EXIT: 2
@@BEGIN { net_info_t n[2]; exit(); }
