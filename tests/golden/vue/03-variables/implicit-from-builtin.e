// CLAIM: the right side may be a built-in member
// SPEC: 3.2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; src = __ip4hdr->src_addr; port = __tcphdr->src_port; mac = __etherhdr->src_addr; seq = __tcphdr->seq_num; }
@@END { printf("%I %d %M %u %d\n", src, port, mac, seq, sizeof(port)); }
