// CLAIM: keys of every type, Strings of several lengths in one table; a number says which value a conversion prints
// SPEC: 5.7
// extension: AIX has no such function
mac_addr_t m;
ip_addr_t i, j;
float f;
@@BEGIN {
    brief["ab"][1] = 3; longer["ab"][1] = 4; longer["a name of many letters"][-2] = 5;
    print_table("%-25s %3d %2d %2d\n", brief, longer);
    print_table("%3$2d %4$2d %2$3d %1$s\n", brief, longer);
    m = "02:00:00:00:00:01"; i = "2001:db8::1"; f = 2.5;
    by_address[m][i] = "text"; other[m][i] = i; third[m][i] = f; j = "192.0.2.1"; fourth[m][j] = 1;
    print_table("%M %-12I <%4s> %I %.1f %d\n", by_address, other, third, fourth);
    exit();
}
