// CLAIM: identifiers follow C and are case-sensitive
// SPEC: 1.2
@@BEGIN { int Abc, abc, _a1; Abc = 1; abc = 2; _a1 = 3; printf("%d %d %d\n", Abc, abc, _a1); exit(); }
