// CLAIM: ptree prints the process tree
// SPEC: 5.1
// ARGS: --check
@@syscall:*:read:entry { ptree(3); ptree(); }
