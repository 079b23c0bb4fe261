#!/usr/bin/env probevue
/*
 * Senders that find no room in the send buffer of a TCP connection. SystemTap's sk_stream_wait_memory.stp, in its
 * columns: time in microseconds, process, event. When a wait ends is not told, only when the call does that
 * waited: by then it has handed over all its data, perhaps after further waits. A call that may not wait returns
 * at once. In the end a table by process.
 *
 * topic:    TCP data
 * live:     probevue sk_stream_wait   until Ctrl-C, as root
 * replay:   probevue -r waits.pcapng sk_stream_wait
 */

@@net:tcp:send_buf_full
{
    if (!exists(since, __tid))
        since[__tid] = timestamp();
    printf("%llu: %s(%lld) found its send buffer full\n", diff_time(0LL, timestamp(), MICROSECONDS), __pname, __pid);
}

@@net:tcp:sendmsg:exit
{
    __auto probev_timestamp_t begin;
    __auto unsigned long long usec;

    if (!exists(since, __tid))
        return;
    begin = since[__tid];
    delete(since, __tid);
    usec = diff_time(begin, timestamp(), MICROSECONDS);
    printf("%llu: %s(%lld) %s full send buffer, %llu us, returned %lld\n", diff_time(0LL, timestamp(), MICROSECONDS),
           __pname, __pid, __sockcall->flags & MSG_DONTWAIT ? "did not wait for" : "recovered from", usec,
           __sockcall->ret);
    if ((__sockcall->flags & MSG_DONTWAIT) == 0) {
        calls[__pid][__pname]++;
        waited[__pid][__pname] += usec;
    }
}

@@END
{
    print_table("%-7lld %-16s %6d %9llu\n", "PID COMM CALLS US", calls, waited);
}
