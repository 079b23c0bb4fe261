// CLAIM: = == != of path_t
// SPEC: 2.8
// ARGS: --check
path_t p;
@@syscall:*:read:entry { auto:q = fd_path(0); p = fd_path(1); if (p == auto:q) printf("%p\n", p); if (p != auto:q) a[p]++; }
