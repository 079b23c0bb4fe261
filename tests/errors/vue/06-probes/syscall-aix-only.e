// CLAIM: system calls of AIX alone say what to use
// SPEC: 6.2
// EXIT: 2
@@syscall:*:getuidx:entry { }
@@syscallx:*:plock:entry { }
