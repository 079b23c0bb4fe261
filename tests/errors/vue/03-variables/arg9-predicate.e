// CLAIM: __arg9 and higher are not allowed in predicates
// SPEC: 3.3
// EXIT: 2
int f(int a, int b, int c, int d, int e, int f, int g, int h, int i);
@@uft:1:*:f:entry when (__arg9 == 1) { }
