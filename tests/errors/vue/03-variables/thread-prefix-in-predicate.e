// CLAIM: the prefix is mandatory in predicates
// SPEC: 3.3
// EXIT: 2
__thread int t;
@@syscall:*:read:exit when (t == 1) { }
