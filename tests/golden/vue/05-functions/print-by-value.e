// CLAIM: SORT_BY_VALUE, with SORT_TYPE_DESCEND
// SPEC: 5.7
@@BEGIN { a[3] = 1; a[1] = 2; a[2] = 30; print(a, 0, SORT_BY_VALUE); print(a, 2, SORT_BY_VALUE | SORT_TYPE_DESCEND); exit(); }
