// CLAIM: attributes on layout that cannot be obeyed are refused by name
// SPEC: 1.4
// EXIT: 2
struct s { int a; int b __attribute__((reversed)); };
struct t { int a __attribute__((aligned(3))); };
typedef int wide_t __attribute__((mode(TI)));
@@BEGIN { struct s v; v.a = 1; printf("%d\n", v.a); exit(); }
