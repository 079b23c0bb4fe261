// CLAIM: labels of a header are as wide and on the same side as the columns, also where there are no rows
// SPEC: 5.7
// extension: AIX has no such function
@@BEGIN {
    a[5]["x"] = 50; b[5]["x"] = 2;
    print_table("%5d %-6s|%6d (%d%%)\n", "PORT NAME PERCENT OTHER", a, b);
    clear(a); clear(b);
    print_table("%5d %-6s|%6d (%d%%)\n", "  PORT  NAME PERCENT  OTHER ", a, b);
    print_table("%5d %-6s|%6d (%d%%)\n", a, b);
    exit();
}
