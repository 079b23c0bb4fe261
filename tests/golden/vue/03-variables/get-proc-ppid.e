// CLAIM: of a process by its id: parent and group
// SPEC: 3.5
@@BEGIN { long long v; int r; v = -1; r = get_proc(1, PPID, v); printf("%d %lld\n", r, v); exit(); }
