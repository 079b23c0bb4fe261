// CLAIM: get_proc reads an attribute of a process and returns 0
// SPEC: 3.5
@@BEGIN { long long v; int r; r = get_proc(__trcid, PID, v); printf("%d %d\n", r, v == __trcid); exit(); }
