// CLAIM: get_userstring reads memory of the process
// SPEC: 5.4
// ARGS: --check
int open(char *path, int flags);
@@syscall:*:open:entry { String s[64]; s = get_userstring(__arg1, -1); printf("%s %s\n", s, get_userstring(__arg1, 10)); }
