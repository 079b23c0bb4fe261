// CLAIM: 8 and 9 are no octal digits
// SPEC: 1.2
// EXIT: 2
@@BEGIN { x = 08; exit(); }
