// CLAIM: one clause with __pkt is for both versions of IP
// SPEC: 6.10.4
// ARGS: -r $DATA/dns.pcap
@@net:bpf:any:udp:"port 53" when (__pkt->dst_port == 53)
{ asked[__pkt->src_addr][__pkt->protocol][__pkt->ttl] += __pkt->payload_len; }
@@END { print(asked); }
