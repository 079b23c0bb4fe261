// CLAIM: members that Linux does not have say so
// SPEC: 3.4
// EXIT: 2
// absent: cpuusage, lockcount, ptid, homesrad
@@syscall:*:read:entry { printf("%lld\n", __curthread->lockcount); }
