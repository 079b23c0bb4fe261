// CLAIM: tests of addresses in predicates
// SPEC: 4
// extension: AIX has no such functions, and allows none in a predicate
// ARGS: -r $DATA/mixed.pcapng
@@net:bpf:any:*:"ip or ip6" when (ip_in(__pkt->src_addr, "fe80::/10")) { link_local++; }
@@net:bpf:any:*:"ip or ip6" when (is_multicast(__pkt->dst_addr) and !ip_in(__pkt->src_addr, "fe80::/10")) { multicast++; }
@@net:bpf:any:*:"ip or ip6" when (is_private(__pkt->src_addr) == 0 or is_loopback(__pkt->dst_addr)) { other++; }
@@END { printf("%d %d %d\n", link_local, multicast, other); }
