#!/usr/bin/env probevue
/*
 * Where the processors spend their time, by program and stack. Samples of what runs on each of them, every 10
 * milliseconds; at the end a line for each way through the program and the kernel, as tools for flame graphs read them.
 *
 * topic:    processes
 * live:     probevue --for 10s cpu_profile > profile.folded       then flamegraph.pl profile.folded > profile.svg
 */

@@interval:*:clock:10:*
    when (__pid != 0)
{
    samples[__pname][get_stktrace()]++;
}

@@END
{
    print(samples, PRINT_FOLDED);
}
