// CLAIM: no other operators on Strings
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[3]; int x; s = "1"; x = s - 1; exit(); }
