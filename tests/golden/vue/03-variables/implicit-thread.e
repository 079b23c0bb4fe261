// CLAIM: thread: at the first assignment declares a thread-local
// SPEC: 3.2
// ARGS: --check
@@syscall:*:open:entry { thread:opening = 1; }
@@syscall:*:open:exit when (thread:opening) { thread:opening = 0; }
