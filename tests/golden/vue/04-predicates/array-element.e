// CLAIM: an associative array fetch
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" when (!first[__ip4hdr->src_addr]) { first[__ip4hdr->src_addr] = 1; printf("%I\n", __ip4hdr->src_addr); }
