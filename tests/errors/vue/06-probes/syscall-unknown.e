// CLAIM: a system call that does not exist
// SPEC: 6.2
// EXIT: 2
@@syscall:*:raed:entry { }
@@syscallx:*:wirte:exit { }
@@syscallx:*:99999:exit { }
