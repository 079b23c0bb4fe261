// CLAIM: structures without a tag, inside others
// SPEC: 2.1
struct s { struct { int a; int b; } in; union { int x; short y; }; };
@@BEGIN { struct s v; v.in.b = 2; v.x = 0x10005; printf("%d %d %d\n", v.in.b, v.y, sizeof(struct s)); exit(); }
