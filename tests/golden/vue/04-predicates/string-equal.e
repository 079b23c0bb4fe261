// CLAIM: Strings are compared
// SPEC: 4
// ARGS: --check
@@syscall:*:read:entry when (__pname == "cat" || __pname != "dog") { printf("x\n"); }
