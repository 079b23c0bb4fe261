// CLAIM: SORT_TYPE_DESCEND
// SPEC: 5.7
@@BEGIN { a[3] = 1; a[1] = 2; a[2] = 3; print(a, 0, SORT_TYPE_DESCEND); exit(); }
