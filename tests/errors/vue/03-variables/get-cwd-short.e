// CLAIM: the String has at least 1,024 bytes
// SPEC: 3.5
// EXIT: 2
@@BEGIN { String s[100]; int r; r = get_cwd(1, s); exit(); }
