// CLAIM: header fields are in host byte order
// SPEC: 6.10.2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; printf("%d %x %u\n", __tcphdr->src_port, __etherhdr->ether_type, __tcphdr->seq_num); }
