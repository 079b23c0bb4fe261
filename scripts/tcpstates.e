#!/usr/bin/env probevue
/*
 * Every change of the state of a TCP connection, and how long it was in it. The time is that in the state before:
 * bcc's tcpstates. SKADDR is the kernel's socket: lines with the same one are of one connection. A process is
 * named where its own call changes the state; what packets change has none. The first state seen of a connection
 * lasts `-`.
 *
 * topic:    TCP connections
 * live:     probevue tcpstates   until Ctrl-C, as root
 * replay:   probevue -r states.pcapng tcpstates
 */

@@BEGIN
{
    name[TCPS_CLOSED] = "CLOSE";
    name[TCPS_LISTEN] = "LISTEN";
    name[TCPS_SYN_SENT] = "SYN_SENT";
    name[TCPS_SYN_RECEIVED] = "SYN_RECV";
    name[TCPS_ESTABLISHED] = "ESTABLISHED";
    name[TCPS_CLOSE_WAIT] = "CLOSE_WAIT";
    name[TCPS_FIN_WAIT_1] = "FIN_WAIT1";
    name[TCPS_CLOSING] = "CLOSING";
    name[TCPS_LAST_ACK] = "LAST_ACK";
    name[TCPS_FIN_WAIT_2] = "FIN_WAIT2";
    name[TCPS_TIME_WAIT] = "TIME_WAIT";
    printf("%-16s %-7s %-16s %-15s %-5s %-15s %-5s %-11s -> %-11s %s\n", "SKADDR", "PID", "COMM", "LADDR", "LPORT",
           "RADDR", "RPORT", "OLDSTATE", "NEWSTATE", "MS");
}

@@net:tcp:state_change
{
    __auto probev_timestamp_t before;
    __auto long long usec;

    printf("%016llx %-7lld %-16s %-15I %-5d %-15I %-5d %-11s -> %-11s ", __sock, __pid, __pid ? __pname : "-",
           __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port,
           name[__prev_state], name[__cur_state]);
    if (since[__sock] == 0)
        printf("-\n");
    else {
        before = since[__sock];
        usec = diff_time(before, timestamp(), MICROSECONDS);
        printf("%lld.%03lld\n", usec / 1000, usec % 1000);
    }
    since[__sock] = timestamp();
    if (__cur_state == TCPS_CLOSED || __cur_state == TCPS_TIME_WAIT)
        delete(since, __sock);
}
