// CLAIM: a member that does not exist
// SPEC: 3.4
// EXIT: 2
@@syscall:*:read:entry { printf("%lld\n", __curproc->uidd); }
