// CLAIM: RAS event functions have no meaning on Linux
// SPEC: 5.10
// EXIT: 2
// absent: kernel services of AIX
@@BEGIN { trcgenk(0, 1, 2, 3); exit(); }
