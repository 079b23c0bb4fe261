// CLAIM: only base 2 exists
// SPEC: 2.5
// EXIT: 2
range_t r;
@@BEGIN { set_range(r, POWER, 3); exit(); }
