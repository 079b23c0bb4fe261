// CLAIM: what cannot stand in a table is said by its name
// SPEC: 5.7
// extension: AIX has no such function
// EXIT: 2
range_t slots;
__list numbers;
ip_addr_t address;
@@BEGIN {
    a[1] = 1; pair[1][2] = 1; by_name["x"] = 1; by_address[address] = 1; text[1] = "t";
    append(sizes[1], 5); qrange(in_slots[1], slots, 5);
    number = 3; format = "%d %d\n";
    print_table(format, a);
    print_table("%d\n");
    print_table("%d %d\n", "KEY VALUE");
    print_table("%d %d %d\n", a, pair);
    print_table("%d %d %d\n", a, by_name);
    print_table("%s %d %d\n", by_name, by_address);
    print_table("%d %d\n", sizes);
    print_table("%d %d\n", count(a));
    print_table("%d %d\n", in_slots);
    print_table("%d %d\n", timestamp());
    print_table("%d %d\n", numbers);
    print_table("%d %d\n", a[1]);
    print_table("%d %d\n", sizes / 2);
    print_table("%d %d\n", a / 0);
    print_table("%d %s\n", text / 2);
    print_table("%d %d %d\n", a);
    print_table("%s %s\n", a);
    print_table("%d %n\n", a);
    print_table("%1$d %d\n", a);
    print_table("%1$d %3$d\n", a);
    print_table("%1$d %1$d\n", a);
    print_table("%d %d\n", "KEY", a);
    print_table("%d %d\n", a, -1);
    print_table("%d %d\n", a, 5, 3);
    print_table("%d %d\n", a, 5, a);
    print_table("%d %d\n", a, 5, 2 * number);
    print_table("%d %d\n", a, 5, "KEY VALUE");
    print_table("%d %d\n", a, 5, 1, SORT_BY_VALUE);
    print_table("%d %d\n", a, SORT_BY_KEY, 5);
    print_table("%d %d\n", sum(sizes), LIST_VALUE_COUNT);
    print_table("%d %d\n", nothing);
    printf("%1$d\n", 5);
    exit();
}
