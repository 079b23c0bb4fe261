// CLAIM: members of an event of processes are had at that event only
// SPEC: 6.9
// EXIT: 2
@@sysproc:execpass:* { printf("%d %d\n", __sigsendinfo->signo, __exitinfo->returnval); }
@@sysproc:sendsig:* { printf("%lld\n", __threadcreateinfo->tid); }
@@sysproc:exit:* { printf("%s\n", __execpassinfo->cmdname); }
