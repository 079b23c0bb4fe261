// CLAIM: a String and a number are not added
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[9]; s = "a" + 1; exit(); }
