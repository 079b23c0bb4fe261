// CLAIM: get_thread reads an attribute of a thread
// SPEC: 3.5
@@BEGIN { long long v; int r; r = get_thread(__trcid, TID, v); printf("%d %d\n", r, v == __trcid); exit(); }
