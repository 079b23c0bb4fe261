// CLAIM: no __arg9 and higher
// SPEC: 4
// EXIT: 2
int f(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j);
@@uft:1:*:f:entry when (__arg10) { }
