// CLAIM: the last argument is a variable
// SPEC: 3.5
// EXIT: 2
@@BEGIN { int r; r = get_proc(1, PID, 5); exit(); }
