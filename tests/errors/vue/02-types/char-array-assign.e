// CLAIM: a String cannot be assigned to a character array
// SPEC: 2.1
// EXIT: 2
@@BEGIN { char b[4]; b = "abc"; exit(); }
