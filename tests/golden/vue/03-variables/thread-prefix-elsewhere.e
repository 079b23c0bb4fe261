// CLAIM: elsewhere it may be dropped after a declaration
// SPEC: 3.3
// ARGS: --check
__thread int t;
@@syscall:*:read:entry { t = 1; thread:t++; printf("%d\n", t); }
