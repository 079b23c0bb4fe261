#!/bin/probevue
// CLAIM: system calls with prototypes, correlation maps and a String of a path
// SPEC: 9
// ARGS: --check
// ARGV: 4711
__global int printed;
__thread long long started;

@@BEGIN
{
        int open(char *path, int flags, int mode);
        int write(int fd, char *buf, unsigned long n);
        printf("watching %d\n", $1);
}

@@syscall:$1:open:entry
{
        String filename[128];
        filename = get_userstring(__arg1, -1);
        names[__tid] = filename;
        start[__tid] = timestamp();
}

@@syscall:$1:open:exit
    when (start[__tid] != 0)
{
        __auto int diff_ms;
        diff_ms = diff_time(start[__tid], timestamp(), MILLISECONDS);
        time_array[diff_ms]++;
        if (strstr(names[__tid], "/tmp/"))
                printf("%A: %s %ld %X\n", (probev_timestamp_t) timestamp(), names[__tid], __pid, __rv);
        delete(names, __tid);
        delete(start, __tid);
}

@@syscall:$1:write:entry { bytes[__arg1] += __arg3; }

@@sysproc:sendsig:$1 when (__sigsendinfo->signo == 9 || __sigsendinfo->signo == 11) { exit(); }

@@END { quantize(time_array, 40); print(bytes); }
