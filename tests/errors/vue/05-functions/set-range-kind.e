// CLAIM: LINEAR or POWER
// SPEC: 5.6
// EXIT: 2
range_t r;
@@BEGIN { set_range(r, CUBIC, 0, 1, 1); exit(); }
