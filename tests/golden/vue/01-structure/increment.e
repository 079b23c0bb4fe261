// CLAIM: prefix and postfix ++ and --
// SPEC: 1.6
@@BEGIN { int x; x = 5; printf("%d ", x++); printf("%d ", x); printf("%d ", ++x); printf("%d ", x--); printf("%d\n", --x); exit(); }
