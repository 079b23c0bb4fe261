#!/usr/bin/env probevue
/*
 * Connections that wait because a buffer of a sender or receiver is full. Senders that find no room in theirs, and
 * receivers whose window closes or who have to refuse data. A line for each episode, counts by connection and
 * cause at the end.
 *
 * topic:    TCP data
 * live:     probevue full_buffers   until Ctrl-C, as root
 * replay:   probevue -r trouble.pcapng full_buffers
 */

@@net:tcp:send_buf_full
{
    printf("%I:%d -> %I:%d cannot send (%s)\n", __proto_info->local_addr, __proto_info->local_port,
           __proto_info->remote_addr, __proto_info->remote_port,
           __why == WHY_BUFFER_FULL ? "buffer full" : "not enough memory, or too much unsent");
    senders[__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port]++;
}

@@net:tcp:recv_buf_full
{
    printf("%I:%d <- %I:%d %s\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr,
           __proto_info->remote_port, __why == WHY_WINDOW_CLOSED ? "closed its window" : "refused data");
    receivers[__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port]++;
}

@@END
{
    print(senders);
    print(receivers);
}
