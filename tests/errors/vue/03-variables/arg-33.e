// CLAIM: __arg1 to __arg32
// SPEC: 3.3
// EXIT: 2
int close(int fd);
@@syscall:*:close:entry { printf("%d\n", __arg33); }
