// CLAIM: __arg1 to __arg8 stand in predicates
// SPEC: 3.3
// ARGS: --check
long f(int a, int b, int c, int d, int e, int f, int g, int h);
int close(int fd);
@@syscall:*:close:entry when (__arg1 > 2) { printf("x\n"); }
