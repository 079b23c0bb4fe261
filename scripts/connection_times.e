#!/usr/bin/env probevue
/*
 * How long connections of this machine take to open, and how long they last. By changes of their states: from
 * SYN_SENT to ESTABLISHED and from ESTABLISHED to the end (CLOSED, or TIME_WAIT at the end that closed first), a
 * line for each, and in microseconds by peer at the end.
 *
 * topic:    TCP connections
 * live:     probevue connection_times   until Ctrl-C, as root
 * replay:   probevue -r states.pcapng connection_times
 */

@@net:tcp:state_change
    when (__cur_state == TCPS_SYN_SENT)
{
    asked[__sock] = timestamp();
}

@@net:tcp:state_change
    when (__prev_state == TCPS_SYN_SENT && __cur_state == TCPS_ESTABLISHED && asked[__sock] != 0)
{
    __auto probev_timestamp_t before;
    __auto long long usec;

    before = asked[__sock];
    usec = diff_time(before, timestamp(), MICROSECONDS);
    printf("%I:%d -> %I:%d open after %lld us\n", __proto_info->local_addr, __proto_info->local_port,
           __proto_info->remote_addr, __proto_info->remote_port, usec);
    append(to_open[__proto_info->remote_addr][__proto_info->remote_port], usec);
    delete(asked, __sock);
}

@@net:tcp:state_change
    when (__cur_state == TCPS_ESTABLISHED)
{
    opened[__sock] = timestamp();
}

@@net:tcp:state_change
    when ((__cur_state == TCPS_CLOSED || __cur_state == TCPS_TIME_WAIT) && opened[__sock] != 0)
{
    __auto probev_timestamp_t since;
    __auto long long usec;

    since = opened[__sock];
    usec = diff_time(since, timestamp(), MICROSECONDS);
    printf("%I:%d -- %I:%d lasted %lld us\n", __proto_info->local_addr, __proto_info->local_port,
           __proto_info->remote_addr, __proto_info->remote_port, usec);
    append(lasted[__proto_info->remote_addr], usec);
    delete(opened, __sock);
}

/* Never answered, or refused. */
@@net:tcp:state_change
    when (__prev_state == TCPS_SYN_SENT && __cur_state == TCPS_CLOSED)
{
    printf("%I -> %I:%d not opened\n", __proto_info->local_addr, __proto_info->remote_addr, __proto_info->remote_port);
    not_opened[__proto_info->remote_addr][__proto_info->remote_port]++;
    delete(asked, __sock);
}

@@END
{
    print(to_open);
    print(lasted);
    print(not_opened);
}
