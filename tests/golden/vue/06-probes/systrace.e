// CLAIM: @@systrace takes the name of a tracepoint
// SPEC: 6.8
// ARGS: --check
// differs: the names are those of the kernel's tracepoints, not hexadecimal numbers
@@systrace:*:sched_switch { printf("%s\n", get_probe()); }
@@systrace:1:sched_wakeup { }
