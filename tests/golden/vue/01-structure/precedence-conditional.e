// CLAIM: ?: below ||, grouping from the right
// SPEC: 1.6
@@BEGIN { int x; x = 0; printf("%d %d\n", 0 || 1 ? 5 : 6, x ? 1 : x == 0 ? 2 : 3); exit(); }
