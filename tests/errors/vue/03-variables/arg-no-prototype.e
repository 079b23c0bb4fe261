// CLAIM: __argN needs a prototype
// SPEC: 3.3
// EXIT: 2
@@syscall:*:read:entry { printf("%d\n", __arg1); }
