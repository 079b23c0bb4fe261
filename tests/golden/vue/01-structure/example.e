// CLAIM: the example with all parts compiles
// SPEC: 1.10
// ARGS: --check
// ARGV: 1 10
/* count and time read() of one process, stop after $2 calls */
int read(int fd, char *buf, unsigned long n);
__global int limit;
__list   usec;
__thread probev_timestamp_t t0;

@@BEGIN { limit = $2; printf("tracing %d\n", $1); }

@@syscall:$1:read:entry { t0 = timestamp(); }

@@syscall:$1:read:exit
    when (thread:t0 != 0)
{
    __auto long long d;
    d = diff_time(t0, timestamp(), MICROSECONDS);
    append(usec, d);
    hits[__rv > 0 ? 1 : 0]++;
    if (count(usec) >= limit) exit();
}

@@END {
    printf("n=%lld avg=%lld max=%lld\n", count(usec), avg(usec), max(usec));
    print(hits);
}
