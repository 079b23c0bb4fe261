#!/usr/bin/env probevue
/*
 * Each TCP connection when it ends: who used it, bytes, how long it lasted. Its ends, how much was sent and
 * received, and how long it lasted, in milliseconds: bcc's tcplife. TX_KB is what the peer has acknowledged. A
 * process that is not known, as for connections that are older than the session and that nobody has used since, is
 * -1.
 *
 * topic:    TCP connections
 * live:     probevue tcplife   until Ctrl-C, as root
 * replay:   probevue -r calls.pcapng tcplife
 */

@@BEGIN
{
    printf("%-7s %-16s %-15s %-5s %-15s %-5s %9s %9s %s\n", "PID", "COMM", "LADDR", "LPORT", "RADDR", "RPORT", "TX_KB",
           "RX_KB", "MS");
}

@@net:tcp:state_change
    when (__cur_state == TCPS_SYN_SENT || __cur_state == TCPS_SYN_RECEIVED)
{
    born[__sock] = timestamp();
}

@@net:tcp:state_change
    when (__prev_state != TCPS_LISTEN && (__cur_state == TCPS_CLOSED || __cur_state == TCPS_TIME_WAIT))
{
    __auto probev_timestamp_t begin;
    __auto long long usec;

    if (born[__sock] != 0) {
        begin = born[__sock];
        usec = diff_time(begin, timestamp(), MICROSECONDS);
        printf("%-7lld %-16s %-15I %-5d %-15I %-5d %9lld %9lld %lld.%02lld\n", __owner->pid, __owner->name,
               __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port,
               __tcpinfo->bytes_acked / 1024, __tcpinfo->bytes_received / 1024, usec / 1000, usec % 1000 / 10);
        delete(born, __sock);
    }
}
