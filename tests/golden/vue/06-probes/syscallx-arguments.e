// CLAIM: arguments need a prototype of the named function
// SPEC: 6.3
// ARGS: --check
void *mmap(void *addr, unsigned long len, int prot, int flags, int fd, long off);
@@syscallx:*:mmap:entry { printf("%lu\n", __arg2); }
@@syscallx:*:mmap:exit { printf("%llx\n", __rv); }
