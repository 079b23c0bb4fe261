// CLAIM: they need a process
// SPEC: 5.9
// EXIT: 2
@@BEGIN { path_t p; p = fd_path(0); exit(); }
