// CLAIM: a number is not assigned to a String
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[9]; s = 5; exit(); }
