#!/usr/bin/env probevue
/*
 * Connection attempts that nobody answered, by client, server and port. SYNs without a SYN-ACK or a reset, with
 * the number of SYNs sent. A closed port answers with a reset and does not show; a firewall that drops does.
 *
 * topic:    TCP connections
 * live:     probevue syn_no_answer   until Ctrl-C
 * replay:   probevue -r web.pcap syn_no_answer
 */

@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    unanswered[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
}

/* The answer goes the other way: its destination is the client. */
@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK) || (__tcphdr->flags & TH_RST))
{
    delete(unanswered, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr, __pkt->src_port);
}

@@END
{
    print(unanswered);
}
