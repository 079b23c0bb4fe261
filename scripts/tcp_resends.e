#!/usr/bin/env probevue
/*
 * Segments that were seen twice, read off the packets: by connection, those whose sequence number is the same as that
 * of an earlier segment with data, SYN or FIN. Works on captures, where the kernel's own retransmit probe cannot.
 *
 * live:     probevue scripts/tcp_resends.e                              until Ctrl-C
 * replay:   probevue -r tests/data/web.pcap scripts/tcp_resends.e
 */

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 4
          && (__pkt->ip_len > __ip4hdr->hdr_len + __tcphdr->hdr_len || (__tcphdr->flags & (TH_SYN | TH_FIN))))
{
    seen[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port][__tcphdr->seq_num]++;
    if (seen[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port][__tcphdr->seq_num] > 1)
        resent[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port]++;
}

@@END
{
    print(resent);
}
