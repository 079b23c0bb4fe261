// CLAIM: a literal can be used wherever a String can
// SPEC: 2.2
@@BEGIN { printf("%s %d %d\n", "text", strstr("abc", "c"), atoi("12")); exit(); }
