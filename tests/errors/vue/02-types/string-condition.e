// CLAIM: a String is no condition
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[9]; s = "a"; if (s) exit(); }
