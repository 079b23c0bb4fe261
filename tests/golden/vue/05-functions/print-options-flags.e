// CLAIM: flags may stand alone
// SPEC: 5.7
@@BEGIN { set_aso_print_options(SORT_TYPE_DESCEND); a[1] = 5; a[2] = 7; print(a); exit(); }
