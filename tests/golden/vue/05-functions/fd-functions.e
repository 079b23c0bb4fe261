// CLAIM: fd_path fd_fname fd_mpath fd_fstype fd_ftype fd_inodeid
// SPEC: 5.9
// ARGS: --check
int read(int fd, char *buf, unsigned long n);
@@syscall:*:read:entry { printf("%p %s %s %d %d %llu\n", fd_path(__arg1), fd_fname(__arg1), fd_mpath(__arg1), fd_fstype(__arg1), fd_ftype(__arg1), fd_inodeid(__arg1)); }
