// CLAIM: __curproc is not in END
// SPEC: 3.4
// EXIT: 2
@@END { printf("%lld\n", __curproc->pid); }
