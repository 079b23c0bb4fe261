// CLAIM: kernel:v and __k:v name a kernel variable
// SPEC: 3.3
// ARGS: --check
__kernel long long lbolt;
@@syscall:*:read:entry { printf("%lld %lld %lld\n", lbolt, kernel:lbolt, __k:lbolt); }
