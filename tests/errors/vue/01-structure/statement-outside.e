// CLAIM: statements stand inside clauses
// SPEC: 1.1
// EXIT: 2
printf("x\n");
@@BEGIN { exit(); }
