// CLAIM: & of a script variable, its members or elements is refused
// SPEC: 2.1
// EXIT: 2
struct s { int a; };
@@BEGIN { struct s v; long long x; v.a = 1; x = (long long)&v.a; exit(); }
