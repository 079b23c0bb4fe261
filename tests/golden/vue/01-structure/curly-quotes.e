// CLAIM: typographic quotes of the documents are taken as plain ones, with a warning
// SPEC: 1.2
@@BEGIN { printf(“hello\n”); exit(); }
