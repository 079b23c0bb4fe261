// CLAIM: add_range takes Strings
// SPEC: 5.6
// EXIT: 2
range_t r;
@@BEGIN { add_range(r, 5); exit(); }
