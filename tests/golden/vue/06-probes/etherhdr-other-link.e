// CLAIM: the Ethernet header on a link that has none is 0, with a warning for each clause and link type, and counted
// SPEC: 6.10.6
// ARGS: -r $DATA/made/link-raw.pcap -r $DATA/made/link-null-little.pcap -r $DATA/made/ether.pcap
int other;
@@net:bpf:any:ipv4:"" when (other == 0) { other = 1; printf("%M\n", __etherhdr->src_addr); }
@@net:bpf:any:ipv4:"" when (other == 0) { printf("%I\n", __ip4hdr->src_addr); }
