// CLAIM: __argN needs a clause with one probe point
// SPEC: 3.3
// EXIT: 2
int read(int fd, char *buf, unsigned long n);
int write(int fd, char *buf, unsigned long n);
@@syscall:*:read:entry, @@syscall:*:write:entry { printf("%d\n", __arg1); }
