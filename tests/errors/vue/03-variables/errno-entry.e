// CLAIM: __errno is known when a system call returns
// SPEC: 3.3
// EXIT: 2
@@syscall:*:read:entry { printf("%d\n", __errno); }
@@interval:1:clock:10 { printf("%d\n", __errno); }
