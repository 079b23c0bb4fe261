// CLAIM: String name[N] with its longest length
// SPEC: 2.2
@@BEGIN { String s[5]; s = "abcde"; printf("%s\n", s); exit(); }
