// CLAIM: the attribute is one of the names of the function
// SPEC: 3.5
// EXIT: 2
@@BEGIN { long long v; int r; r = get_proc(1, STKMAX, v); exit(); }
