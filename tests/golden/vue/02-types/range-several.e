// CLAIM: several ranges in one declaration
// SPEC: 2.5
range_t r1, r2;
@@BEGIN { set_range(r1, LINEAR, 0, 2, 1); set_range(r2, LINEAR, 0, 4, 2); qrange(a[1], r1, 1); qrange(b[1], r2, 1); print(a); print(b); exit(); }
