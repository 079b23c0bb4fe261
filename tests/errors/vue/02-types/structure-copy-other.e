// CLAIM: structures of different types are not
// SPEC: 2.1
// EXIT: 2
struct s { int a; };
struct t { int a; };
@@BEGIN { struct s x; struct t y; x.a = 3; y = x; exit(); }
