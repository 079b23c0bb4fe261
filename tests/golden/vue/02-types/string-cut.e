// CLAIM: a longer value is cut to N
// SPEC: 2.2
@@BEGIN { String s[3]; s = "ab" + "cdef"; printf("%s|\n", s); exit(); }
