// CLAIM: == before &, then ^, then |, then &&, then ||
// SPEC: 1.6
@@BEGIN { printf("%d %d %d %d\n", 6 & 3 == 3, 1 | 6 ^ 4 & 12, 1 || 0 && 0, 4 ^ 1 | 2); exit(); }
