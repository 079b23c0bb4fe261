// CLAIM: a mac_addr_t takes a quoted constant and prints with %M
// SPEC: 2.9
// extension: AIX documents no constants
@@BEGIN { mac_addr_t m, n; m = "02:42:AC:11:00:02"; n = m; printf("%M %d %d\n", n, m == n, m != "02:42:ac:11:00:03"); exit(); }
