// CLAIM: members of __ublock
// SPEC: 3.4
// ARGS: --check
@@syscall:*:read:entry { printf("%llx %llx %llx %llx %llx\n", __ublock->text, __ublock->tsize, __ublock->data, __ublock->sdata, __ublock->stack);
    printf("%lld %lld %lld %lld %lld %lld %lld\n", __ublock->euid, __ublock->uid, __ublock->egid, __ublock->gid, __ublock->utime, __ublock->stime, __ublock->is64u); }
