#!/usr/bin/env probevue
/*
 * Who talks with whom over TCP and UDP: bytes, packets, and how long. Who was seen first is on the left: bytes,
 * also from the left and from the right, packets, and microseconds from the first packet to the last; the twenty
 * with most bytes. Bytes are those of IP, those of tshark (-z conv,tcp) of the frames; the same ends are one
 * conversation, however many connections they make. Fragments behind the first have no ports and are left out.
 *
 * topic:    traffic
 * live:     probevue conversations   until Ctrl-C
 * replay:   probevue -r web.pcap conversations
 */

String name[4];

@@net:bpf:any:*:""
    when (__pkt->transport != 0 && (__pkt->protocol == IPPROTO_TCP || __pkt->protocol == IPPROTO_UDP))
{
    __auto probev_timestamp_t start;

    name = __pkt->protocol == IPPROTO_TCP ? "tcp" : "udp";
    start = begin[name][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port];
    if (start != 0) {
        packets[name][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port]++;
        bytes[name][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] += (long long)__pkt->ip_len;
        from_right[name][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] +=
            (long long)__pkt->ip_len;
        lasted[name][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] =
            diff_time(start, timestamp(), MICROSECONDS);
        return;
    }
    start = begin[name][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port];
    if (start == 0) {
        start = timestamp();
        begin[name][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = start;
    }
    packets[name][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    bytes[name][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] += (long long)__pkt->ip_len;
    from_left[name][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] += (long long)__pkt->ip_len;
    lasted[name][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] =
        diff_time(start, timestamp(), MICROSECONDS);
}

@@END
{
    print_table("%1$-8s %2$-18I %3$5d %4$-18I %5$5d %6$9d %7$9d %8$9d %9$7d %10$10d\n",
                "PROTOCOL LEFT PORT RIGHT PORT BYTES FROM-LEFT FROM-RIGHT PACKETS USEC", bytes, from_left, from_right,
                packets, lasted, 20);
}
