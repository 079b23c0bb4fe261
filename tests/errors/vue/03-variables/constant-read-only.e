// CLAIM: constants are not assigned to
// SPEC: 3.1
// EXIT: 2
@@BEGIN { TH_SYN = 1; exit(); }
