// CLAIM: stktrace(flags, levels) with flags joined by |
// SPEC: 5.1
// ARGS: --check
@@syscall:*:read:entry { stktrace(PRINT_SYMBOLS | GET_USER_TRACE, -1); stktrace(0, 5); }
