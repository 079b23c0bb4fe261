// CLAIM: shifts before comparisons, comparisons before == !=
// SPEC: 1.6
@@BEGIN { printf("%d %d %d\n", 1 << 3 > 7, 1 < 2 == 1, 3 > 2 != 0); exit(); }
