// CLAIM: clear_range removes the slots
// SPEC: 2.5
// extension: asked for, not found in IBM's list
range_t r;
@@BEGIN { set_range(r, LINEAR, 0, 10, 5); clear_range(r); qrange(a[1], r, 3); print(a); exit(); }
