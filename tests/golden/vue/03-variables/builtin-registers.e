// CLAIM: __r3 to __r10 are the argument registers
// SPEC: 3.4
// ARGS: --check
@@syscall:*:read:entry { printf("%lx %lx %d\n", __r3, __r10, sizeof(__r4)); }
