// CLAIM: a system call has no more arguments than registers for them
// SPEC: 6.2
// EXIT: 2
long mmap(void *at, unsigned long length, int protection, int flags, int fd, long offset, int more);
int open(char *path, int flags, int mode, int a, int b, int c);
@@syscall:*:mmap:entry { printf("%lx %lx %lx %d\n", __r8, __r9, __r10, __arg7); }
@@syscall:*:open:entry { printf("%lx %d\n", __r8, __arg6); }
@@syscall:*:open:entry { printf("%lx %d\n", __r7, __arg5); }
