// CLAIM: __etherhdr: addresses and type
// SPEC: 6.10.4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:ether:"port 23" when (n == 0) { n = 1; printf("%M %M %d\n", __etherhdr->src_addr, __etherhdr->dst_addr, __etherhdr->ether_type == ETHERTYPE_IP); }
