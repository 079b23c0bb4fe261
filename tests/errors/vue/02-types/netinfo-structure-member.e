// CLAIM: no structure member
// SPEC: 2.11
// EXIT: 2
struct s { net_info_t n; };
@@BEGIN { exit(); }
