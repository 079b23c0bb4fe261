#!/usr/bin/env probevue
/*
 * Who sends most: bytes of IP by source address, the ten largest first, then the number of packets of each.
 *
 * live:     probevue scripts/top_talkers.e                              until Ctrl-C
 * replay:   probevue -r tests/data/web.pcap scripts/top_talkers.e
 */

@@net:bpf:any:ipv4:""
{
    bytes[__ip4hdr->src_addr] += (long long)__pkt->ip_len;
    packets[__ip4hdr->src_addr]++;
}

@@net:bpf:any:ipv6:""
{
    bytes[__ip6hdr->src_addr] += (long long)__pkt->ip_len;
    packets[__ip6hdr->src_addr]++;
}

@@END
{
    print(bytes, 10, SORT_BY_VALUE | SORT_TYPE_DESCEND);
    print(packets, 10, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
