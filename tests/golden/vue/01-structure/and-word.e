// CLAIM: the word `and` is &&
// SPEC: 1.6
@@BEGIN { printf("%d %d\n", 1 and 2, 1 and 0); exit(); }
