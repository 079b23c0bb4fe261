// CLAIM: no casts of stktrace_t
// SPEC: 1.6
// EXIT: 2
stktrace_t s;
@@syscall:*:read:entry { long long x; x = (long long)s; }
