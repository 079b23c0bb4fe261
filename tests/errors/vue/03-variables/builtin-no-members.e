// CLAIM: a built-in without members
// SPEC: 3.4
// EXIT: 2
@@syscall:*:read:entry { printf("%lld\n", __pid->x); }
