// CLAIM: the empty String is ""
// SPEC: 2.2
@@BEGIN { String s[3]; printf("%d|%s|", s == "", s); s = "x"; s = ""; printf("%d\n", s == ""); exit(); }
