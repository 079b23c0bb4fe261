// CLAIM: __rv exists at the exit
// SPEC: 3.3
// EXIT: 2
int close(int fd);
@@syscall:*:close:entry { printf("%d\n", __rv); }
