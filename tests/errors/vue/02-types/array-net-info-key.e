// CLAIM: net_info_t is no key of an array
// SPEC: 2.4
// EXIT: 2
net_info_t n;
@@BEGIN { a[n] = 1; exit(); }
