// CLAIM: as many arguments as conversions: one is missing
// SPEC: 5.1
// EXIT: 2
@@BEGIN { printf("%d %d\n", 1); exit(); }
