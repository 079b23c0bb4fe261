// CLAIM: sizes of packets by sender, within 1 % of what tshark's lengths give; different peers and conversations
// SPEC: 5.6
// extension: AIX has no distributions
// ARGS: -r $DATA/mixed.pcapng
@@net:bpf:any:*:"ip or ip6" {
    add_dist(sizes, __pkt->len);
    add_dist(by[__pkt->src_addr], __pkt->len);
    add_distinct(conversations, __pkt->src_addr, __pkt->dst_addr);
    add_distinct(peers[__pkt->src_addr], __pkt->dst_addr);
}
@@END {
    print(sizes);
    print(by, SORT_BY_VALUE | SORT_TYPE_DESCEND);
    quantize(sizes);
    lquantize(by);
    top(peers, 2);
    print(conversations);
    quantize(peers);
    print_table("%-20I %5lld %5lld %5lld %6lld %4lld\n", "from packets p50 p99 bytes peers", count(by), quantile(by, 0.5), quantile(by, 0.99), sum(by), peers, 2);
}
