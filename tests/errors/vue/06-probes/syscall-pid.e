// CLAIM: the second field is a process id or `*`
// SPEC: 6.2
// EXIT: 2
@@syscall:init:read:entry { }
