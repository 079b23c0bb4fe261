// CLAIM: globals begin as 0 or empty
// SPEC: 3.1
int i; String s[4]; double d; struct s { int a; } v; int f[3]; ip_addr_t a; mac_addr_t m;
@@BEGIN { printf("%d [%s] %g %d %d %I %M\n", i, s, d, v.a, f[2], a, m); exit(); }
