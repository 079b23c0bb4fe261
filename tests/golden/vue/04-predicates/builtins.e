// CLAIM: built-ins, general and of the probe manager
// SPEC: 4
// ARGS: --check
int read(int fd, char *buf, unsigned long n);
@@syscall:*:read:entry when (__pid > 1 && __uid == 0 && __arg3 >= 4096 && __curthread->pri < 200) { printf("x\n"); }
