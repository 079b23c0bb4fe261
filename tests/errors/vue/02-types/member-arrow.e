// CLAIM: script structures have their members behind .
// SPEC: 2.1
// EXIT: 2
struct s { int a; };
@@BEGIN { struct s v; v.a = 1; printf("%d\n", v->a); exit(); }
