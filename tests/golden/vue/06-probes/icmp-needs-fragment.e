// CLAIM: who says that packets are too large, what size passes, and for which connection, both versions of IP, by members alone (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/mtu.pcap
@@net:bpf:any:icmp4:"" when (__icmp->type == ICMP_UNREACH && __icmp->code == ICMP_UNREACH_NEEDFRAG)
{
    printf("%d: %I says mtu %d for %I:%d > %I:%d, protocol %d\n", __pkt->number, __pkt->src_addr, __icmp->mtu, __inner->src_addr,
           __inner->src_port, __inner->dst_addr, __inner->dst_port, __inner->protocol);
}
@@net:bpf:any:icmp6:"" when (__icmp6->type == ICMP6_PACKET_TOO_BIG)
{
    printf("%d: %I says mtu %u for %I:%d > %I:%d, protocol %d\n", __pkt->number, __pkt->src_addr, __icmp6->mtu, __inner->src_addr,
           __inner->src_port, __inner->dst_addr, __inner->dst_port, __inner->protocol);
}
