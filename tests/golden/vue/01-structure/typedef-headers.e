// CLAIM: typedefs name types
// SPEC: 1.4
typedef unsigned short port_t;
typedef struct { int a; port_t b; } pair_t;
@@BEGIN { pair_t v; port_t q; v.b = 70000; q = v.b + 1; printf("%d %d %d\n", v.b, q, sizeof(pair_t)); exit(); }
