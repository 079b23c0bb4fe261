// CLAIM: arguments of a tracepoint are integers, or of the types of a prototype
// SPEC: 6.8
// ARGS: --check
void sched_switch(char preempt, void *previous, void *next, int state);
@@systrace:*:sched_switch when (__arg4 == 0) { printf("%d %llx\n", __arg1, __arg2); }
@@systrace:*:sched_wakeup { printf("%llx\n", __arg1); }
