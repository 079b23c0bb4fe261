// CLAIM: an unknown thread gives ERR_INVALID_THREAD
// SPEC: 3.5
@@BEGIN { long long v; printf("%d %d\n", get_thread(999999999, PRI, v), ERR_INVALID_THREAD); exit(); }
