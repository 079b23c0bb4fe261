// CLAIM: the result of a system call needs a prototype, without parameters where only it is read
// SPEC: 3.3
// EXIT: 2
@@syscall:*:read:exit when (__rv > 0) { n++; }
