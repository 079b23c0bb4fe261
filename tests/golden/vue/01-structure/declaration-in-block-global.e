// CLAIM: a declaration without class in a block is a global, visible in all later clauses
// SPEC: 1.3
@@BEGIN { int count; count = 5; }
@@BEGIN { count++; printf("%d\n", count); exit(); }
