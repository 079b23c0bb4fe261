#!/usr/bin/env probevue
/*
 * UDP sockets that lose datagrams because their receive buffer is full. Counts by socket and sender, each second
 * and in all. Who shows here reads too slowly, or has too small a buffer (SO_RCVBUF, net.core.rmem_max).
 *
 * topic:    losses
 * live:     probevue udp_drops   until Ctrl-C, as root
 * replay:   probevue -r trouble.pcapng udp_drops
 */

int now;

@@net:udp:sock_recv_buf_overflow
{
    now++;
    lost[__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr]++;
}

@@interval:*:clock:1000
    when (now > 0)
{
    printf("%d datagrams lost in a second\n", now);
    now = 0;
}

@@END
{
    print(lost, 20, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
