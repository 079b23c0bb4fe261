#!/usr/bin/env probevue
/*
 * Round trips by the time stamps of TCP, by the end that echoes. From where packets are captured to the other end
 * and back (RFC 7323): from the first segment with a stamp to the first that echoes it, in microseconds. Delayed
 * acknowledgements count, so the least says most. tshark's tcp.analysis.ack_rtt goes by sequence numbers instead.
 *
 * topic:    TCP data
 * live:     probevue timestamp_rtt   until Ctrl-C
 * replay:   probevue -r web.pcap timestamp_rtt
 */

/* Each echo is timed once. */
@@net:bpf:any:tcp:""
    when (__tcphdr->ts_ecr != 0 &&
          sent[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port][__tcphdr->ts_ecr] != 0)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = sent[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port][__tcphdr->ts_ecr];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(trips[__pkt->src_addr], usec);
    delete(sent, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr, __pkt->src_port, __tcphdr->ts_ecr);
}

/* Stamps of one value are in many segments, and an echo of the first may be on its way when the next are sent. */
@@net:bpf:any:tcp:""
    when (__tcphdr->ts_val != 0 &&
          ((__tcphdr->flags & TH_SYN) ||
           last[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] == 0 ||
           (int)(__tcphdr->ts_val - last[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]) > 0))
{
    last[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = __tcphdr->ts_val;
    sent[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port][__tcphdr->ts_val] = timestamp();
}

@@END
{
    print_table("%2$5d %3$8d %4$8d %5$8d %1$I\n", "TRIPS MIN-USEC AVG-USEC MAX-USEC HOST", count(trips), min(trips),
                avg(trips), max(trips));
}
