// CLAIM: no member of type path_t
// SPEC: 2.8
// EXIT: 2
struct s { path_t p; };
@@BEGIN { exit(); }
