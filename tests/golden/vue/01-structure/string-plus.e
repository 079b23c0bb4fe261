// CLAIM: + joins Strings
// SPEC: 1.6
@@BEGIN { String s[20]; s = "ab" + "cd" + "!"; printf("%s\n", s + s); exit(); }
