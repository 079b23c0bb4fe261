// CLAIM: __auto v = value;
// SPEC: 3.2
@@BEGIN { __auto v = 70000; printf("%d %d\n", v, sizeof(v)); exit(); }
