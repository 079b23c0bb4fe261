// CLAIM: __rv is the return value, by the prototype
// SPEC: 3.3
// ARGS: --check
long read(int fd, char *buf, unsigned long n);
@@syscall:*:read:exit when (__rv < 0) { printf("%ld %d %d\n", __rv, __errno, sizeof(__rv)); }
