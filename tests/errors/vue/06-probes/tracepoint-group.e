// CLAIM: a tracepoint is named without its group
// SPEC: 6.8
// EXIT: 2
@@systrace:*:raw_syscalls:sys_enter { n++; }
