// CLAIM: structures are not compared
// SPEC: 2.1
// EXIT: 2
struct s { int a; };
@@BEGIN { struct s x, y; x.a = 1; y.a = 1; if (x == y) exit(); }
