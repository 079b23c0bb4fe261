// CLAIM: @@syscall takes functions of the C library, @@syscallx names and numbers of the kernel
// SPEC: 6.2
// ARGS: --check
int open(char *path, int flags);
@@syscall:*:open:entry { printf("%d\n", __arg2); }
@@syscall:*:waitpid:exit { }
@@syscallx:*:openat:entry { }
@@syscallx:*:451:entry { }
