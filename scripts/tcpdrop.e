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
    printf("%-7s %-16s %-15s %-5s > %-15s %-5s %-6s %-24s %s\n", "PID", "COMM", "SADDR", "SPORT", "DADDR", "DPORT", "FLAGS",
           "REASON", "FUNCTION");
}

@@net:skb:drop
    when ((__pkt->ip_version == 4 && __ip4hdr->protocol == IPPROTO_TCP) || (__pkt->ip_version == 6 && __ip6hdr->protocol == IPPROTO_TCP))
{
    __auto String flags[8];
    __auto ip_addr_t from;
    __auto ip_addr_t to;

    from = __pkt->ip_version == 4 ? __ip4hdr->src_addr : __ip6hdr->src_addr;
    to = __pkt->ip_version == 4 ? __ip4hdr->dst_addr : __ip6hdr->dst_addr;
    flags = "";
    if (__tcphdr->flags & TH_SYN)
        flags = flags + "S";
    if (__tcphdr->flags & TH_FIN)
        flags = flags + "F";
    if (__tcphdr->flags & TH_RST)
        flags = flags + "R";
    if (__tcphdr->flags & TH_PUSH)
        flags = flags + "P";
    if (__tcphdr->flags & TH_ACK)
        flags = flags + ".";
    printf("%-7lld %-16s %-15I %-5d > %-15I %-5d %-6s %-24s %s\n", __owner->pid, __owner->name, from,
           __tcphdr->src_port, to, __tcphdr->dst_port, flags, __drop->reason_str, __drop->symbol);
    drops[__drop->reason_str][__drop->symbol]++;
}

@@END
{
    print(drops, 20, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
