// CLAIM: several spellings of the flags
// SPEC: 5.7
@@BEGIN { a[1] = 1; a[2] = 2; print(a, 1, SORT_TYPE_DESCENDING); print(a, 1, SORT_DESCEND); append(l["x"], 4); print(l, 0, LIST_SUM); exit(); }
