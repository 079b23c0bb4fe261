// CLAIM: the tuple has four fields
// SPEC: 6.2
// EXIT: 2
@@syscall:*:read { }
