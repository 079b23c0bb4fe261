// CLAIM: the prototype has that many parameters
// SPEC: 3.3
// EXIT: 2
int close(int fd);
@@syscall:*:close:entry { printf("%d\n", __arg2); }
