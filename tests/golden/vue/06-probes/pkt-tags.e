// CLAIM: __pkt tells VLAN tags, and what else stands before IP
// SPEC: 6.10.4
// ARGS: -r $DATA/made/vlan.pcap
@@net:bpf:any:*:""
{
    printf("%d tags: %d %d, priority %d; IPv%d, port %d\n", __pkt->vlan_tags, __pkt->vlan, __pkt->vlan_inner,
           __pkt->vlan_prio, __pkt->ip_version, __pkt->dst_port);
    if (__pkt->encap & ENCAP_VLAN) { tagged++; }
}
@@END { printf("%d tagged\n", tagged); }
