// CLAIM: the header of the other IP version is all zero
// SPEC: 6.10.3
// ARGS: -r $DATA/dns.pcap
int n;
@@net:bpf:eth0:udp:"ip6 and port 53" when (n == 0) { n = 1; printf("%I %d %I %d\n", __ip4hdr->src_addr, __ip4hdr->ttl, __ip6hdr->src_addr, __ip6hdr->protocol); }
