// CLAIM: a range has no value
// SPEC: 2.5
// EXIT: 2
range_t r;
@@BEGIN { int x; x = r + 1; exit(); }
