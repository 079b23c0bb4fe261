// CLAIM: a variable may share the name of a prototype
// SPEC: 3.7
// ARGS: --check
int read(int fd, char *buf, unsigned long n);
int read_count;
@@syscall:*:read:entry { read_count++; printf("%d\n", __arg1); }
