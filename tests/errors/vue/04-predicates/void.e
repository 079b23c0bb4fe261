// CLAIM: a predicate is a condition
// SPEC: 4
// EXIT: 2
@@syscall:*:read:entry when (__pname) { }
