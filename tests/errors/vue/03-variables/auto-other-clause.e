// CLAIM: an automatic variable is not known in other clauses
// SPEC: 3.1
// EXIT: 2
@@BEGIN { __auto int x; x = 1; }
@@END { printf("%d\n", x); }
