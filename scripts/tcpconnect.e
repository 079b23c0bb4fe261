#!/usr/bin/env probevue
/*
 * Which process opens a TCP connection to whom, as it begins. bcc's tcpconnect. A summary by process and peer at
 * the end.
 *
 * topic:    TCP connections
 * live:     probevue tcpconnect   until Ctrl-C, as root
 * replay:   probevue -r states.pcapng tcpconnect
 */

@@BEGIN
{
    printf("%-7s %-16s %-15s %-5s %-15s %-5s\n", "PID", "COMM", "SADDR", "LPORT", "DADDR", "DPORT");
}

@@net:tcp:state_change
    when (__cur_state == TCPS_SYN_SENT)
{
    printf("%-7lld %-16s %-15I %-5d %-15I %-5d\n", __pid, __pname, __proto_info->local_addr, __proto_info->local_port,
           __proto_info->remote_addr, __proto_info->remote_port);
    connects[__pname][__proto_info->remote_addr][__proto_info->remote_port]++;
}

@@END
{
    print(connects, 20, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
