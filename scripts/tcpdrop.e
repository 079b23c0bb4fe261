#!/usr/bin/env probevue
/*
 * TCP segments that the kernel drops, whose they were, why and where. Whose socket they were for or from (-1:
 * nobody's, or not known), their ends and flags, and why and where in the kernel: bcc's tcpdrop.
 *
 * topic:    losses
 * live:     probevue tcpdrop   until Ctrl-C, as root
 * replay:   probevue -r calls.pcapng tcpdrop
 */

@@BEGIN
{
    printf("%-7s %-16s %-15s %-5s > %-15s %-5s %-6s %-24s %s\n", "PID", "COMM", "SADDR", "SPORT", "DADDR", "DPORT",
           "FLAGS", "REASON", "FUNCTION");
}

@@net:skb:drop
    when (__pkt->protocol == IPPROTO_TCP)
{
    printf("%-7lld %-16s %-15I %-5d > %-15I %-5d %-6s %-24s %s\n", __owner->pid, __owner->name, __pkt->src_addr,
           __pkt->src_port, __pkt->dst_addr, __pkt->dst_port, name_of(__tcphdr->flags), __drop->reason_str,
           __drop->symbol);
    drops[__drop->reason_str][__drop->symbol]++;
}

@@END
{
    top(drops, 20);
}
