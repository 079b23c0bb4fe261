// CLAIM: no arrays of path_t
// SPEC: 2.8
// EXIT: 2
path_t p[2];
@@BEGIN { exit(); }
