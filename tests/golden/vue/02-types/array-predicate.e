// CLAIM: an element in a predicate
// SPEC: 2.4
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" when (seen[__tcphdr->src_port] == 0) { seen[__tcphdr->src_port] = 1; printf("%d\n", __tcphdr->src_port); }
