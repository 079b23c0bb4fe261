// CLAIM: there are no arrays of Strings
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[3][9]; exit(); }
