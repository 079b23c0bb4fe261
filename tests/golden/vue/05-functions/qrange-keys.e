// CLAIM: one table for each key
// SPEC: 5.6
range_t r;
@@BEGIN { set_range(r, LINEAR, 0, 4, 2); qrange(a["x"]["y"], r, 1); qrange(a["z"]["w"], r, 3); print(a); exit(); }
