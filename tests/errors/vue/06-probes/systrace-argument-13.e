// CLAIM: a tracepoint has at most twelve arguments, and no location
// SPEC: 6.8
// EXIT: 2
@@systrace:*:sched_switch { printf("%d %d\n", __arg12, __arg13); }
@@systrace:*:sched_switch { printf("%llx\n", get_location_point()); }
