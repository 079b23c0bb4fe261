// CLAIM: single characters cannot be taken
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s[9]; s = "a"; printf("%c\n", s[0]); exit(); }
