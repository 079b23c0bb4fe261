#!/usr/bin/env probevue
/*
 * Who sends most: bytes of IP by source address, the ten largest first, then the number of packets of each.
 *
 * live:     probevue scripts/top_talkers.e                              until Ctrl-C
 * replay:   probevue -r tests/data/web.pcap scripts/top_talkers.e
 */

@@net:bpf:any:*:""
    when (__pkt->ip_version != 0)
{
    bytes[__pkt->src_addr] += (long long)__pkt->ip_len;
    packets[__pkt->src_addr]++;
}

@@END
{
    print(bytes, 10, SORT_BY_VALUE | SORT_TYPE_DESCEND);
    print(packets, 10, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
