// CLAIM: __argN has the type of the prototype
// SPEC: 3.3
// ARGS: --check
struct iovec { void *base; unsigned long len; };
long readv(int fd, struct iovec *iov, unsigned char n);
@@syscall:*:readv:entry { printf("%d %lu %d %s\n", __arg1, __arg2->len, sizeof(__arg3), get_userstring((char *)__arg2->base, 4)); }
