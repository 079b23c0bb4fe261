// CLAIM: string literals have C escapes, octal and hexadecimal ones too
// SPEC: 1.2
@@BEGIN { printf("a\tb\\c\"d\101\x42\n"); exit(); }
