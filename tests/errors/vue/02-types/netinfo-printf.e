// CLAIM: not printed as a whole
// SPEC: 2.11
// EXIT: 2
net_info_t n;
@@BEGIN { printf("%d\n", n); exit(); }
