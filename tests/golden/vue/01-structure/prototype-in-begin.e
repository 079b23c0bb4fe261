// CLAIM: a prototype inside BEGIN is accepted
// SPEC: 1.3
// ARGS: --check
@@BEGIN { int read(int fd, char *buf, unsigned long n); printf("x\n"); }
@@syscall:*:read:entry { printf("%d\n", __arg1); }
