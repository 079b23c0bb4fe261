// CLAIM: __rv needs a single probe point
// SPEC: 3.3
// EXIT: 2
int close(int fd);
int read(int fd, char *buf, unsigned long n);
@@syscall:*:close:exit, @@syscall:*:read:exit { printf("%d\n", __rv); }
