// CLAIM: arguments are read-only
// SPEC: 3.1
// EXIT: 2
int read(int fd, char *buf, unsigned long n);
@@syscall:*:read:entry { __arg1 = 1; }
