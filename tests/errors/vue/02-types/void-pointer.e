// CLAIM: what a void * points to has no type
// SPEC: 2.1
// EXIT: 2
int read(int fd, void *buf, unsigned long n);
@@syscall:*:read:entry { int x; x = *__arg2; }
