// CLAIM: the last field is entry or exit
// SPEC: 6.2
// EXIT: 2
@@syscall:*:read:enter { }
