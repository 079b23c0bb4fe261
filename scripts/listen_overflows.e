#!/usr/bin/env probevue
/*
 * Listeners whose queue is full, with the connections that were refused. A line for each, with the peer and at
 * which step, and counts by listener at the end; in a flood of SYNs also those that were answered with a SYN
 * cookie. A listener that shows here accepts too slowly, or has too short a queue.
 *
 * topic:    losses
 * live:     probevue listen_overflows   until Ctrl-C, as root
 * replay:   probevue -r trouble.pcapng listen_overflows
 */

@@net:tcp:listen_q_full
{
    printf("listener %I:%d %s %I:%d\n", __proto_info->local_addr, __proto_info->local_port,
           __why == WHY_COOKIE_SENT ? "sent a cookie to"
                                    : (__why == WHY_ACK_REFUSED ? "refused the last step of" : "refused the SYN of"),
           __peer->addr, __peer->port);
    if (__why == WHY_COOKIE_SENT)
        cookies[__proto_info->local_addr][__proto_info->local_port]++;
    else {
        refused[__proto_info->local_addr][__proto_info->local_port]++;
        by_peer[__peer->addr]++;
    }
}

@@END
{
    print(refused);
    print(by_peer);
    print(cookies);
}
