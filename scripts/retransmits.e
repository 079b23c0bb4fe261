#!/usr/bin/env probevue
/*
 * The kernel's retransmissions: a line for each, with the connection and how often in a row, and a summary by peer.
 * An event probe: it watches this machine's own connections, not packets.
 *
 * live:     probevue scripts/retransmits.e                              until Ctrl-C, as root
 * replay:   probevue -r tests/data/trouble.pcapng scripts/retransmits.e
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
