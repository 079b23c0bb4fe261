// CLAIM: character literals stand in single quotes, with escapes, and have type int
// SPEC: 1.2
@@BEGIN { printf("%d %d %d %d %d %d\n", 'A', '\n', '\'', '\\', '\0', '\x7f'); printf("%d\n", sizeof('A')); exit(); }
