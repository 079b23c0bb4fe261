// CLAIM: a range is never automatic
// SPEC: 2.5
// EXIT: 2
@@BEGIN { __auto range_t r; exit(); }
