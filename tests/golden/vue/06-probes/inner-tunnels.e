// CLAIM: __inner is the innermost packet of GRE, IP in IP, VXLAN, GENEVE and GTP-U, nested ones too; kind and vni are of what carries it (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/tunnels.pcap
@@net:bpf:any:*:"" when (__inner->kind != INNER_NONE)
{
    printf("%2d: kind %d, vni %u: IPv%d %I.%d > %I.%d, protocol %d, %d bytes\n", __pkt->number, __inner->kind, __inner->vni,
           __inner->ip_version, __inner->src_addr, __inner->src_port, __inner->dst_addr, __inner->dst_port, __inner->protocol, __inner->len);
}
