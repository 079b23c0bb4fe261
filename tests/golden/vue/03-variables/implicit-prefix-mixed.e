// CLAIM: auto: is the form of first use, __auto the form of declarations
// SPEC: 3.2
@@BEGIN { __auto int x; auto:x = 3; x++; printf("%d %d\n", x, auto:x); exit(); }
