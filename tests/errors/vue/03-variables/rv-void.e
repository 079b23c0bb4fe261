// CLAIM: a function that returns nothing
// SPEC: 3.3
// EXIT: 2
void close(int fd);
@@syscall:*:close:exit { printf("%d\n", __rv); }
