// CLAIM: built-ins are read-only
// SPEC: 3.1
// EXIT: 2
@@syscall:*:read:entry { __pid = 1; }
