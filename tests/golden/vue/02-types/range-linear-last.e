// CLAIM: the last linear slot ends at max
// SPEC: 2.5
range_t r;
@@BEGIN { set_range(r, LINEAR, 0, 25, 10); qrange(a[1], r, 24); qrange(a[1], r, 25); print(a); exit(); }
