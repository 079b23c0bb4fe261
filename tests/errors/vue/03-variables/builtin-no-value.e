// CLAIM: a built-in with members has no value itself
// SPEC: 3.4
// EXIT: 2
@@syscall:*:read:entry { printf("%lld\n", __curproc); }
