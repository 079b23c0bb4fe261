// CLAIM: trace prints a structure as bytes
// SPEC: 5.1
struct s { int a; char b; };
@@BEGIN { struct s v; v.a = 0x11223344; v.b = 0xff; trace(v); exit(); }
