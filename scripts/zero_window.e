#!/usr/bin/env probevue
/*
 * TCP receivers that let their sender wait, how often and how long. Segments with a window of zero (as tshark
 * counts them: no SYN, FIN or RST), how often the window closed, how often it opened again, and the milliseconds
 * in between, all together and at the longest. A stall lasts from the first window of zero until the receiver
 * sends another one.
 *
 * topic:    TCP data
 * live:     probevue zero_window   until Ctrl-C
 * replay:   probevue -r stall.pcap zero_window
 */

@@net:bpf:any:tcp:""
    when (__tcphdr->window == 0 && (__tcphdr->flags & (TH_SYN | TH_FIN | TH_RST)) == 0)
{
    segments[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    if (since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] == 0) {
        since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = timestamp();
        stalls[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    }
}

@@net:bpf:any:tcp:""
    when ((__tcphdr->window > 0 || (__tcphdr->flags & (TH_SYN | TH_FIN | TH_RST))) &&
          since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] != 0)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(waited[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port], usec);
    delete(since, __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port);
}

@@END
{
    print_table("%5$8d %6$6d %7$6d %8$7d %9$7d %1$-18I %2$5d %3$-18I %4$5d\n",
                "SEGMENTS STALLS OPENED MSEC LONGEST RECEIVER PORT SENDER PORT", segments, stalls, count(waited),
                sum(waited) / 1000, max(waited) / 1000);
}
