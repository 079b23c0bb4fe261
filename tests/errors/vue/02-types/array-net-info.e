// CLAIM: net_info_t is no value of an array
// SPEC: 2.4
// EXIT: 2
net_info_t n;
@@BEGIN { a[1] = n; exit(); }
