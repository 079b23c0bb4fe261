// CLAIM: __ip6hdr: the members; protocol is behind extension headers, next_hdr the first
// SPEC: 6.10.6
// ARGS: -r $DATA/made/ip6.pcap
int n;
@@net:bpf:eth0:ipv6:"" when (n < 3) { n++;
    printf("%I %I %d %d %d %d %u %u\n", __ip6hdr->src_addr, __ip6hdr->dst_addr, __ip6hdr->protocol, __ip6hdr->hop_limit, __ip6hdr->total_len,
        __ip6hdr->next_hdr, __ip6hdr->flow_label, __ip6hdr->traffic_class); }
