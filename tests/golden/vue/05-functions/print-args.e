// CLAIM: print_args in functions and system calls
// SPEC: 5.1
// ARGS: --check
int read(int fd, char *buf, unsigned long n);
@@syscall:*:read:entry { print_args(); }
@@syscall:*:read:exit { print_args(); }
