// CLAIM: one mistake, one message: a prototype with an error is not missed
// SPEC: 7.6
// EXIT: 2
int read(int fd, char *buf, unsigned long n
@@syscall:*:read:entry when (__arg1 > 2) { bytes[__arg1] += __arg3; }
