// CLAIM: a structure has no specifier
// SPEC: 8.2
// EXIT: 2
struct s { int a; };
@@BEGIN { struct s v; v.a = 1; printf("%d\n", v); exit(); }
