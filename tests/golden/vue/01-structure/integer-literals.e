// CLAIM: integer literals are decimal, octal and hexadecimal
// SPEC: 1.2
@@BEGIN { printf("%d %d %d %d %d\n", 10, 010, 0x10, 0XfF, 0); exit(); }
