// CLAIM: %s prints the raw text
// SPEC: 8.2
@@BEGIN { printf("%s\n", "a\tb%d\\"); exit(); }
