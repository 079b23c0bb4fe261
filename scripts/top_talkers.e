#!/usr/bin/env probevue
/*
 * Who sends most: bytes of IP and packets by source address. The ten largest first, then the number of packets of
 * each.
 *
 * topic:    traffic
 * live:     probevue top_talkers   until Ctrl-C
 * replay:   probevue -r web.pcap top_talkers
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
