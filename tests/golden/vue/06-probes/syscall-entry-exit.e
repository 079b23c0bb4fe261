// CLAIM: @@syscall of all processes or one, entry and exit
// SPEC: 6.2
// ARGS: --check
@@syscall:*:read:entry { }
@@syscall:*:read:exit { }
@@syscall:1:write:entry { }
