// CLAIM: no casts of net_info_t
// SPEC: 1.6
// EXIT: 2
net_info_t n;
@@BEGIN { int x; x = (int)n; exit(); }
