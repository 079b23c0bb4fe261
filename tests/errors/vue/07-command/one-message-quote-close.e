// CLAIM: one mistake, one message: a quote is missing at the end of a String
// SPEC: 7.6
// EXIT: 2
@@BEGIN { printf("%d and %d\n, 1, 2); exit(); }
