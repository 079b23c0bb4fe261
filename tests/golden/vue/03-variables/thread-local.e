// CLAIM: thread-local variables have a copy for each thread
// SPEC: 3.1
// ARGS: --check
__thread int depth;
@@syscall:*:read:entry { depth = 1; }
@@syscall:*:read:exit when (thread:depth == 1) { depth = 0; }
