// CLAIM: names of AIX's kernel are taken for the functions that they serve
// SPEC: 6.2
// ARGS: --check
long kread(int fd, char *buffer, long size);
@@syscallx:*:kread:entry { printf("%d\n", __arg1); }
@@syscall:*:kopen:exit { }
