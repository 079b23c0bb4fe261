// CLAIM: a linear range needs a step
// SPEC: 2.5
// EXIT: 2
range_t r;
@@BEGIN { set_range(r, LINEAR, 0, 10, 0); exit(); }
