#!/usr/bin/env probevue
/*
 * Retransmissions by connection, read off the packets. Segments whose sequence number is the same as
 * that of an earlier segment with data, SYN or FIN. Works on captures, where the kernel's own retransmit probe
 * cannot.
 *
 * topic:    TCP data
 * live:     probevue tcp_resends   until Ctrl-C
 * replay:   probevue -r web.pcap tcp_resends
 */

@@net:bpf:any:tcp:""
    when (__pkt->payload_len > 0 || (__tcphdr->flags & (TH_SYN | TH_FIN)))
{
    seen[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port][__tcphdr->seq_num]++;
    if (seen[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port][__tcphdr->seq_num] > 1)
        resent[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
}

@@END
{
    print(resent);
}
