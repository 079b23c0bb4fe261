// CLAIM: PRINT_FOLDED is of integers by stacks, of print() and top()
// SPEC: 5.7
// EXIT: 2
@@syscall:*:read:entry { n[__pname]++; append(l[get_stktrace()], 1); s[get_stktrace()]++; }
@@END { print(n, PRINT_FOLDED); print(l, PRINT_FOLDED); quantize(s, PRINT_FOLDED); set_aso_print_options(PRINT_FOLDED); }
