#!/usr/bin/env probevue
/*
 * Segments that the kernel sends again, and a summary by peer. A line for each, with the connection and how often
 * in a row. An event probe: it watches this machine's own connections, not packets.
 *
 * topic:    TCP data
 * live:     probevue retransmits   until Ctrl-C, as root
 * replay:   probevue -r trouble.pcapng retransmits
 */

@@net:tcp:retransmit
{
    printf("%I:%d -> %I:%d resent, time %d in a row\n", __proto_info->local_addr, __proto_info->local_port,
           __proto_info->remote_addr, __proto_info->remote_port, __nth_retransmit);
    resent[__proto_info->remote_addr][__proto_info->remote_port]++;
}

@@END
{
    print(resent, 20, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
