// CLAIM: structures of one type are copied by =
// SPEC: 2.1
struct s { int a; char b[5]; };
@@BEGIN { struct s x, y; x.a = 3; x.b[4] = 7; y = x; x.a = 4; printf("%d %d\n", y.a, y.b[4]); exit(); }
