// CLAIM: an unknown process gives ERR_INVALID_PROC
// SPEC: 3.5
@@BEGIN { long long v; v = 7; printf("%d %d\n", get_proc(999999999, PID, v), ERR_INVALID_PROC); exit(); }
