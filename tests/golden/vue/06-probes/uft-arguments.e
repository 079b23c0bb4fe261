// CLAIM: arguments and return value by prototype
// SPEC: 6.4
// ARGS: --check
int work(int a, char *name);
@@uft:1:*:work:entry { printf("%d %s\n", __arg1, get_userstring(__arg2, -1)); }
@@uft:1:*:work:exit when (__rv < 0) { printf("%d\n", __rv); }
