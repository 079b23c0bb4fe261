#!/usr/bin/env probevue
/*
 * Segments that were seen twice, read off the packets: by connection, those whose sequence number is the same as that
 * of an earlier segment with data, SYN or FIN. Works on captures, where the kernel's own retransmit probe cannot. How
 * long other headers between IP and TCP are (extension headers of IPv6, AH) is not known here, so that behind them data
 * cannot be told from an acknowledgement: there SYN and FIN count only, and the number of the other segments is told.
 *
 * live:     probevue scripts/tcp_resends.e                              until Ctrl-C
 * replay:   probevue -r tests/data/web.pcap scripts/tcp_resends.e
 */

int unmeasured;

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 4
          && (__ip4hdr->protocol == IPPROTO_TCP && __pkt->ip_len > __ip4hdr->hdr_len + __tcphdr->hdr_len
              || (__tcphdr->flags & (TH_SYN | TH_FIN))))
{
    seen[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port][__tcphdr->seq_num]++;
    if (seen[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port][__tcphdr->seq_num] > 1)
        resent[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port]++;
}

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 6
          && (__ip6hdr->next_hdr == IPPROTO_TCP && __ip6hdr->total_len > __tcphdr->hdr_len
              || (__tcphdr->flags & (TH_SYN | TH_FIN))))
{
    seen[__ip6hdr->src_addr][__tcphdr->src_port][__ip6hdr->dst_addr][__tcphdr->dst_port][__tcphdr->seq_num]++;
    if (seen[__ip6hdr->src_addr][__tcphdr->src_port][__ip6hdr->dst_addr][__tcphdr->dst_port][__tcphdr->seq_num] > 1)
        resent[__ip6hdr->src_addr][__tcphdr->src_port][__ip6hdr->dst_addr][__tcphdr->dst_port]++;
}

@@net:bpf:any:tcp:""
    when ((__pkt->ip_version == 4 && __ip4hdr->protocol != IPPROTO_TCP
           || __pkt->ip_version == 6 && __ip6hdr->next_hdr != IPPROTO_TCP)
          && !(__tcphdr->flags & (TH_SYN | TH_FIN)))
{
    unmeasured++;
}

@@END
{
    print(resent);
    if (unmeasured)
        printf("without %d segments with other headers before TCP\n", unmeasured);
}
