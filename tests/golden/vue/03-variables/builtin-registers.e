// CLAIM: __r3 to __r10 are the argument registers
// SPEC: 3.4
// ARGS: --check
@@syscall:*:read:entry { printf("%lx %lx %d\n", __r3, __r8, sizeof(__r4)); }
@@uft:4711:*:f:entry { printf("%lx %lx\n", __r3, __r10); }
