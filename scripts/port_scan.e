#!/usr/bin/env probevue
/*
 * Who tries many TCP ports of a host, or one port of many hosts. Told when there are ten of them. At the end who
 * tried most, how many of those accepted and how many refused with a reset; of the others nothing was heard. A
 * port of a host counts once, with its first answer.
 *
 * topic:    addresses and ICMP
 * live:     probevue port_scan   until Ctrl-C
 * replay:   probevue -r scan.pcap port_scan
 */

int many;

@@BEGIN
{
    many = 10;
}

@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN &&
          tried[__pkt->src_addr][__pkt->dst_addr][__pkt->dst_port] == 0)
{
    tried[__pkt->src_addr][__pkt->dst_addr][__pkt->dst_port] = 1;
    ports[__pkt->src_addr][__pkt->dst_addr]++;
    hosts[__pkt->src_addr][__pkt->dst_port]++;
    if (ports[__pkt->src_addr][__pkt->dst_addr] == many)
        printf("%I tries %d ports of %I\n", __pkt->src_addr, many, __pkt->dst_addr);
    if (hosts[__pkt->src_addr][__pkt->dst_port] == many)
        printf("%I tries port %d of %d hosts\n", __pkt->src_addr, __pkt->dst_port, many);
}

/* The answer goes the other way: its destination is who tries. */
@@net:bpf:any:tcp:""
    when (((__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK) || (__tcphdr->flags & TH_RST)) &&
          tried[__pkt->dst_addr][__pkt->src_addr][__pkt->src_port] == 1)
{
    tried[__pkt->dst_addr][__pkt->src_addr][__pkt->src_port] = 2;
    if (__tcphdr->flags & TH_RST) {
        ports_refused[__pkt->dst_addr][__pkt->src_addr]++;
        hosts_refused[__pkt->dst_addr][__pkt->src_port]++;
    } else {
        ports_open[__pkt->dst_addr][__pkt->src_addr]++;
        hosts_open[__pkt->dst_addr][__pkt->src_port]++;
    }
}

@@END
{
    print_table("%3$5d %4$8d %5$7d %1$-24I %2$I\n", "PORTS ACCEPTED REFUSED BY OF", ports, ports_open, ports_refused,
                10);
    print_table("%3$5d %4$8d %5$7d %1$-24I %2$d\n", "HOSTS ACCEPTED REFUSED BY PORT", hosts, hosts_open, hosts_refused,
                10);
}
