/* Sums, lists, counts of different values and ranges by what packets hold; all of it can be put together. */
__list sizes;
range_t lengths;
dist_t spread;
distinct_t peers;
long long bytes;

@@BEGIN
{
    set_range(lengths, LINEAR, 0, 1500, 100);
}

@@net:bpf:any:*:""
{
    bytes += __pkt->len;
    append(sizes, __pkt->len);
    by_addr[__pkt->src_addr][__pkt->dst_addr] += (long long)__pkt->len;
    by_port[__pkt->protocol][__pkt->src_port][__pkt->dst_port]++;
    qrange(shape[__pkt->protocol], lengths, __pkt->len);
    add_dist(spread, __pkt->len);
    add_dist(spreads[__pkt->protocol], __pkt->caplen);
    add_distinct(peers, __pkt->src_addr, __pkt->src_port);
    add_distinct(ports[__pkt->src_addr], __pkt->dst_port);
    names[name_of(__pkt->protocol, "ip_protocol")]++;
    nets[subnet(__pkt->src_addr, 24, 64)]++;
}

@@net:bpf:any:ether:""
{
    by_mac[__etherhdr->src_addr][__etherhdr->vlan]++;
}

@@net:bpf:any:tcp:""
    when (__tcphdr->flags & TH_SYN)
{
    append(windows[__tcphdr->dst_port], __tcphdr->window);
}

@@END
{
    printf("%lld %lld %lld %lld %lld\n", bytes, sum(sizes), avg(sizes), distinct(peers), quantile(spread, 0.99));
    print(by_addr, 20, SORT_BY_VALUE | SORT_TYPE_DESCEND);
    print(by_port);
    print(by_mac);
    print(shape);
    print(spreads);
    print(ports);
    print(names);
    print(nets);
    quantize(by_addr);
    lquantize(by_port, 5);
    top(windows, 3);
    print_table("%-24I %-24I %10d\n", by_addr);
}
