// CLAIM: members of __curproc
// SPEC: 3.4
// ARGS: --check
@@syscall:*:read:entry { printf("%lld %lld %lld %lld %lld %lld %lld\n", __curproc->pid, __curproc->ppid, __curproc->pgid, __curproc->uid, __curproc->suid, __curproc->pri, __curproc->nice);
    printf("%lld %lld %lld %lld %lld %lld %s\n", __curproc->cpu, __curproc->majflt, __curproc->minflt, __curproc->size, __curproc->forktime, __curproc->threadcount, __curproc->cwd); }
