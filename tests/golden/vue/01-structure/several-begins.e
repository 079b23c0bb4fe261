// CLAIM: several BEGIN and END clauses run in text order
// SPEC: 1.1
@@BEGIN { printf("b1\n"); }
@@END { printf("e1\n"); }
@@BEGIN { printf("b2\n"); exit(); }
@@END { printf("e2\n"); }
