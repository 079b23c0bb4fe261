// CLAIM: floating values cannot be compared
// SPEC: 1.6
// EXIT: 2
@@BEGIN { double d; d = 1.5; if (d == 1.5) exit(); }
