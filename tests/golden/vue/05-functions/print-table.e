// CLAIM: print_table: a row for each key of any of the arrays, what is absent is 0, the greatest of the first array first
// SPEC: 5.7
// extension: AIX has no such function
@@BEGIN {
    sent["eth0"] = 7; sent["lo"] = 7; sent["eth1"] = 30;
    received["lo"] = 12; received["tun0"] = 5;
    print_table("%-8s %6d %6d\n", sent, received);
    exit();
}
