// CLAIM: no other operator on path_t
// SPEC: 2.8
// EXIT: 2
path_t p, q;
@@BEGIN { if (p > q) exit(); }
