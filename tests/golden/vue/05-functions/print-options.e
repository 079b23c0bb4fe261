// CLAIM: set_aso_print_options sets the defaults
// SPEC: 5.7
@@BEGIN { set_aso_print_options(2, SORT_BY_VALUE | SORT_TYPE_DESCEND); a[1] = 5; a[2] = 7; a[3] = 6; print(a); print(a, 1, SORT_BY_KEY | SORT_TYPE_ASCEND); exit(); }
