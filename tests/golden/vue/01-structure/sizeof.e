// CLAIM: sizeof of types and expressions, as in C
// SPEC: 1.6
struct s { char a; int b; };
@@BEGIN { long long v; printf("%d %d %d %d %d\n", sizeof(struct s), sizeof(int), sizeof v, sizeof(v + 1), sizeof(char) + 1); exit(); }
