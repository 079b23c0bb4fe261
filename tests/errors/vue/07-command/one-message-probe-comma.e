// CLAIM: one mistake, one message: the comma between two probe points is missing
// SPEC: 7.6
// EXIT: 2
@@syscall:*:read:entry @@syscall:*:write:entry { n++; }
@@END { printf("%d\n", n); }
