// CLAIM: no user-defined functions
// SPEC: 1.5
// EXIT: 2
int twice(int x) { return 2 * x; }
@@BEGIN { exit(); }
