// CLAIM: ether_type behind VLAN tags is the inner one
// SPEC: 6.10.4
// ARGS: -r $DATA/made/vlan.pcap
int n;
@@net:bpf:eth0:ether:"" when (n < 9) { n++; printf("%d %d\n", __etherhdr->ether_type, __etherhdr->vlan); }
