// CLAIM: members of __curthread
// SPEC: 3.4
// ARGS: --check
@@syscall:*:read:entry { printf("%lld %lld %lld %lld %lld %lld %lld %lld\n", __curthread->tid, __curthread->threadstate, __curthread->pid, __curthread->policy,
    __curthread->pri, __curthread->cpuid, __curthread->sigmask, __curthread->homecpu); }
