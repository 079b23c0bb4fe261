// CLAIM: a String has at most 4,096 bytes
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[4097]; exit(); }
