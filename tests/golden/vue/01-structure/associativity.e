// CLAIM: - and / group from the left, assignments from the right
// SPEC: 1.6
@@BEGIN { int a, b; a = b = 7; printf("%d %d %d %d\n", 10 - 4 - 3, 100 / 5 / 2, a, b); exit(); }
