// CLAIM: -d program names each kind of value
// ARGS: -d program
dist_t spread;
distinct_t peers;
__list sizes;

@@net:bpf:any:*:""
{
    add_dist(spread, __pkt->len);
    add_distinct(peers, __pkt->src_addr);
    append(sizes, __pkt->len);
    add_dist(spreads[__pkt->src_addr], __pkt->len);
    add_distinct(ports[__pkt->ifname], __pkt->dst_port);
    append(lists[timestamp()], __pkt->len);
}
