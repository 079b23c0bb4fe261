// CLAIM: bytes and packets by VXLAN network and inner source, by members alone (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/tunnels.pcap
@@net:bpf:any:udp:"" when (__inner->kind == INNER_VXLAN)
{
    bytes[__inner->vni][__inner->src_addr] += __inner->len;
    packets[__inner->vni][__inner->src_addr]++;
}
@@END { print(bytes); print(packets); }
