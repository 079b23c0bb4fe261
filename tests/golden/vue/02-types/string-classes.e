// CLAIM: automatic, thread-local and global Strings
// SPEC: 2.2
// ARGS: --check
String g[8];
__thread String t[8];
@@syscall:*:read:entry { __auto String a[8]; a = "x"; t = a; g = t; printf("%s\n", g); }
