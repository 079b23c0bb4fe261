/* Filters on whatever link the packets have, intervals, sections, and variables that threads and clauses share. */
int second;

@@net:bpf:any:*:"tcp or udp"
{
    transport++;
}
@@net:bpf:any:tcp:"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not port 22"
{
    start_tentative("a");
    printf("%I:%d > %I:%d %s\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port,
           name_of(__tcphdr->flags));
    end_tentative("a");
    if (__tcphdr->flags & TH_FIN)
        commit_tentative("a");
}
@@net:bpf:any:udp:"udp[4:2] > 20 and (vlan or ip6 or ip)"
    when (__udphdr->src_port != 0 and __pkt->len / __udphdr->src_port < 7)
{
    per_second[second]++;
}
@@net:bpf:any:*:"ip6 protochain 17 or pppoes or mpls"
{
    odd++;
}
@@net:bpf:eth0|eth1|any:*:"less 100"
{
    known[__pkt->ifname]++;
    delete(known, "eth7");
    if (exists(known, "lo"))
        clear(known);
}
@@interval:*:clock:1000
{
    second++;
    rate(known);
    print(per_second, 3);
}
@@END
{
    printf("%d %d\n", transport, odd);
    print(known);
    quantize(per_second);
}
