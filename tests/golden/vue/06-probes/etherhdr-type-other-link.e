// CLAIM: the type of an Ethernet header on a link that has none is 0, with a warning, and counted; cooked captures have it, switches' tags leave all of the header
// SPEC: 6.10.4
// ARGS: -r $DATA/made/link-raw.pcap -r $DATA/made/link-sll.pcap -r $DATA/made/link-dsa.pcap -r $DATA/made/link-pktap.pcap
@@net:bpf:any:udp:"" { type[__etherhdr->ether_type]++; }
@@net:bpf:any:udp:"" when (__udphdr->dst_port == 53) { from[__etherhdr->src_addr]++; }
@@END { print(type); print(from); }
