// CLAIM: a predicate on BEGIN
// SPEC: 4
int x = 3;
@@BEGIN when (x == 0) { printf("zero\n"); }
@@BEGIN when (x == 3) { printf("three\n"); exit(); }
