// CLAIM: no casts of path_t
// SPEC: 1.6
// EXIT: 2
path_t p;
@@BEGIN { int x; x = (int)p; exit(); }
