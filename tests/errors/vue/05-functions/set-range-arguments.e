// CLAIM: LINEAR takes min, max and step
// SPEC: 5.6
// EXIT: 2
range_t r;
@@BEGIN { set_range(r, LINEAR, 0); exit(); }
