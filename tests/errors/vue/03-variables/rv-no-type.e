// CLAIM: __rv needs a prototype with a return type
// SPEC: 3.3
// EXIT: 2
close(int fd);
@@syscall:*:close:exit { printf("%d\n", __rv); }
