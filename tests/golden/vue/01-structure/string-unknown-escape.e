// CLAIM: an escape that C does not know stands for its character, with a warning
// SPEC: 1.2
@@BEGIN { printf("a\qb\n"); exit(); }
