// CLAIM: @@sysproc: events and a process, thread or `*`
// SPEC: 6.9
// ARGS: --check
@@sysproc:sendsig:* when (__sigsendinfo->signo == 9 || __sigsendinfo->signo == 11) { printf("%d\n", __sigsendinfo->signo); }
@@sysproc:exit:1 { }
@@sysproc:execpass:* { }
@@sysproc:threadcreate:* { }
@@sysproc:threadterminate:* { }
