// CLAIM: + - ! ~ and their order
// SPEC: 1.6
@@BEGIN { int x; x = 5; printf("%d %d %d %d %d %d\n", -x, +x, !x, !!x, ~x, - -x); exit(); }
