// CLAIM: __inner is the packet that an error of ICMP or ICMPv6 quotes, or what that carried; len is as its header says (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/quoted.pcap
@@net:bpf:any:icmp4:"", @@net:bpf:any:icmp6:""
{
    printf("%2d: kind %d, IPv%d %I.%d > %I.%d, protocol %d, %d bytes\n", __pkt->number, __inner->kind, __inner->ip_version,
           __inner->src_addr, __inner->src_port, __inner->dst_addr, __inner->dst_port, __inner->protocol, __inner->len);
}
