// CLAIM: packets by network, of both versions
// SPEC: 5.9
// extension: AIX has no such function
// ARGS: -r $DATA/mixed.pcapng
@@net:bpf:any:*:"ip or ip6" {
    by_source[subnet(__pkt->src_addr, 16, 64)]++;
    bytes[subnet(__pkt->src_addr, 16, 64)] += __pkt->len;
    if (ip_in(__pkt->src_addr, "fe80::/10")) link_local++;
    if (is_multicast(__pkt->dst_addr)) multicast++;
    if (is_private(__pkt->src_addr)) private_source++;
    if (is_loopback(__pkt->src_addr)) loopback++;
}
@@END { print_table("%-20I %4d %6d\n", by_source, bytes); printf("%d %d %d %d\n", link_local, multicast, private_source, loopback); }
