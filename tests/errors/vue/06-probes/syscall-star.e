// CLAIM: `*` as a name belongs to syscallx
// SPEC: 6.2
// EXIT: 2
@@syscall:*:*:entry { }
