// CLAIM: a flag that does not exist
// SPEC: 5.7
// EXIT: 2
@@BEGIN { a[1] = 1; print(a, 0, SORT_SIDEWAYS); exit(); }
