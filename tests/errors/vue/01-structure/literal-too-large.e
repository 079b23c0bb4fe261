// CLAIM: an integer literal fits 64 bits
// SPEC: 1.2
// EXIT: 2
@@BEGIN { x = 18446744073709551616; exit(); }
