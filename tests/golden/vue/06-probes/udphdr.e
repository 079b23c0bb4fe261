// CLAIM: __udphdr: the members
// SPEC: 6.10.8
// ARGS: -r $DATA/made/udp.pcap
int n;
@@net:bpf:eth0:udp:"" when (n < 4) { n++; printf("%d %d %d %d\n", __udphdr->src_port, __udphdr->dst_port, __udphdr->length, __udphdr->cksum); }
