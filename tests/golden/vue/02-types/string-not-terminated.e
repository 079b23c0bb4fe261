// CLAIM: no space is reserved for a terminator; a NUL ends the text
// SPEC: 2.2
@@BEGIN { String s[4]; s = "wxyz"; printf("[%s] [%s]\n", s, "a\0b"); exit(); }
