// CLAIM: members take header members
// SPEC: 2.11
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { net_info_t i; i.local_addr = __ip4hdr->src_addr; i.local_port = __tcphdr->src_port; printf("%I %d\n", i.local_addr, i.local_port); n = 1; }
