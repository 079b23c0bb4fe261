// CLAIM: __arphdr: the members
// SPEC: 6.10.12
// ARGS: -r $DATA/made/arp.pcap
int n;
@@net:bpf:eth0:arp:"" when (n < 3) { n++; printf("%d %x %d %d %d %M %M %I %I\n", __arphdr->hw_addr_type, __arphdr->protocol_type, __arphdr->hdr_len, __arphdr->proto_len,
    __arphdr->operation, __arphdr->src_mac_addr, __arphdr->dst_mac_addr, __arphdr->src_ip, __arphdr->dst_ip); }
