// CLAIM: kinds of packets in packets have names: INNER_NONE, INNER_GRE, INNER_IPIP, INNER_VXLAN, INNER_GENEVE, INNER_GTPU, INNER_QUOTED (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/tunnels.pcap
@@net:bpf:any:*:""
{
    if (__inner->kind == INNER_NONE) { none++; }
    if (__inner->kind == INNER_GRE) { gre++; }
    if (__inner->kind == INNER_IPIP) { ipip++; }
    if (__inner->kind == INNER_VXLAN) { vxlan++; }
    if (__inner->kind == INNER_GENEVE) { geneve++; }
    if (__inner->kind == INNER_GTPU) { gtpu++; }
    if (__inner->kind == INNER_QUOTED) { quoted++; }
}
@@END { printf("%d %d %d %d %d %d %d\n", none, gre, ipip, vxlan, geneve, gtpu, quoted); }
