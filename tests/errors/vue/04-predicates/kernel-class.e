// CLAIM: no kernel variables
// SPEC: 4
// EXIT: 2
__kernel int x;
@@syscall:*:read:entry when (__k:x) { }
