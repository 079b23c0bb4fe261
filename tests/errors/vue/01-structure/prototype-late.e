// CLAIM: a prototype stands before the clause that needs it
// SPEC: 1.3
// EXIT: 2
@@syscall:*:read:entry { printf("%d\n", __arg1); }
@@BEGIN { int read(int fd, char *buf, unsigned long n); printf("x\n"); }
