// CLAIM: a linear range prints all its slots, then Others
// SPEC: 8.5
range_t r;
@@BEGIN { set_range(r, LINEAR, 0, 4, 1); qrange(a["k"], r, 2); print(a); exit(); }
