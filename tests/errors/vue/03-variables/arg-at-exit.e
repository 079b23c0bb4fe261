// CLAIM: arguments exist at the entry
// SPEC: 3.3
// EXIT: 2
int close(int fd);
@@syscall:*:close:exit { printf("%d\n", __arg1); }
