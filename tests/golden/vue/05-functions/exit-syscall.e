// CLAIM: the system call exit has the same name
// SPEC: 5.3
// ARGS: --check
@@syscall:*:exit:entry { exit(); }
