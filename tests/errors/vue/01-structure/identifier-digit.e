// CLAIM: a name does not begin with a digit
// SPEC: 1.2
// EXIT: 2
@@BEGIN { 1x = 2; exit(); }
