#!/usr/bin/env probevue
/*
 * Each TCP segment that is sent again, and whose socket it is. In the end a table by connection. NTH is how often
 * in a row. A connection that nobody owns any more has the process `-`.
 *
 * topic:    TCP data
 * live:     probevue tcp_retransmissions   until Ctrl-C, as root
 * replay:   probevue -r senders.pcapng tcp_retransmissions
 */

@@BEGIN
{
    set_date_format("%H:%M:%S");
    printf("%-8s %-7s %-15s %-15s %5s %-15s %5s %8s %3s\n", "TIME", "PID", "COMM", "LADDR", "LPORT", "RADDR", "RPORT",
           "SEGMENTS", "NTH");
}

@@net:tcp:retransmit
{
    printf("%-8A %-7lld %-15s %-15I %5d %-15I %5d %8d %3d\n", timestamp(), __owner->pid,
           __owner->pid < 0 ? "-" : __owner->name, __proto_info->local_addr, __proto_info->local_port,
           __proto_info->remote_addr, __proto_info->remote_port, __segments, __nth_retransmit);
    times[__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port]++;
    segments[__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port] +=
        __segments;
}

@@END
{
    printf("\n");
    print_table("%-15I %5d %-15I %5d %8d %8d\n", "LADDR LPORT RADDR RPORT SEGMENTS TIMES", segments, times, 20);
}
