// CLAIM: get_stktrace without argument takes all levels
// SPEC: 2.7
// ARGS: --check
stktrace_t s;
@@syscall:*:read:entry { s = get_stktrace(); }
