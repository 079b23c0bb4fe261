// CLAIM: at a device's hook, headers are those of the packet: the same as a packet socket has, from a recording
// SPEC: 6.10
// extension: AIX has no probe of devices
// ARGS: -r $DATA/heads.pcapng
int at_hook, at_socket, ports;
@@net:netdev:receive when (__ip4hdr->protocol == IPPROTO_TCP)
{
    flags["hook"][__tcphdr->flags]++;
    bytes["hook"][__ip4hdr->src_addr] += __pkt->len;
    ports += __tcphdr->src_port + __tcphdr->dst_port;
    at_hook++;
}
@@net:netdev:receive when (__ip6hdr->protocol == IPPROTO_TCP)
{
    flags["hook"][__tcphdr->flags]++;
    bytes["hook"][__ip6hdr->src_addr] += __pkt->len;
    ports += __tcphdr->src_port + __tcphdr->dst_port;
    at_hook++;
}
@@net:bpf:eth0:tcp:"ip"
{
    flags["socket"][__tcphdr->flags]++;
    bytes["socket"][__ip4hdr->src_addr] += __pkt->len;
    ports -= __tcphdr->src_port + __tcphdr->dst_port;
    at_socket++;
}
@@net:bpf:eth0:tcp:"ip6"
{
    flags["socket"][__tcphdr->flags]++;
    bytes["socket"][__ip6hdr->src_addr] += __pkt->len;
    ports -= __tcphdr->src_port + __tcphdr->dst_port;
    at_socket++;
}
@@END
{
    set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND);
    printf("%d %d, difference of the ports %d\n", at_hook, at_socket, ports);
    print(flags);
    print(bytes);
}
