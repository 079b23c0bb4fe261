// CLAIM: a declaration may give a value: declaration and assignment
// SPEC: 1.3
int top = 7;
@@BEGIN { int a = 2; __auto int b = a * 3; String s[8] = "abc"; printf("%d %d %d %s\n", top, a, b, s); exit(); }
