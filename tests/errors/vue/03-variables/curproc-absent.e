// CLAIM: adspace, sigignore and sigcatch do not exist on Linux
// SPEC: 3.4
// EXIT: 2
// absent: adspace, sigignore, sigcatch
@@syscall:*:read:entry { printf("%lld\n", __curproc->adspace); }
