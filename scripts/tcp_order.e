#!/usr/bin/env probevue
/*
 * In what order the data of TCP come: gaps, late and repeated segments. By sequence number, for each direction of
 * a connection: segments with data, gaps (a segment begins behind all that has come), late ones (they fill a gap:
 * they took another way, or were lost before they came here and are sent again), and those that have come before.
 * tshark tells late ones apart by their time: what it calls out-of-order, and its retransmissions of every kind,
 * are LATE and AGAIN together; its "previous segment not captured" are the gaps. tcp_resends counts AGAIN alone,
 * with SYN and FIN.
 *
 * topic:    TCP data
 * live:     probevue tcp_order   until Ctrl-C
 * replay:   probevue -r disorder.pcap tcp_order
 */

unsigned int expected;
int ahead;

@@net:bpf:any:tcp:""
    when (__tcphdr->flags & TH_SYN)
{
    next[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] =
        __tcphdr->seq_num + 1 + __pkt->payload_len;
}

@@net:bpf:any:tcp:""
    when (__pkt->payload_len > 0 && (__tcphdr->flags & (TH_SYN | TH_RST)) == 0)
{
    expected = __tcphdr->seq_num;
    if (exists(next, __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port))
        expected = next[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port];
    segments[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    ahead = (int)(__tcphdr->seq_num - expected);  /* numbers go on at 0 after 2^32 - 1 */
    if (ahead > 0)
        gaps[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    if (ahead < 0 &&
        exists(seen, __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port, __tcphdr->seq_num))
        again[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    else if (ahead < 0)
        late[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port]++;
    seen[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port][__tcphdr->seq_num] = 1;
    if ((int)(__tcphdr->seq_num + __pkt->payload_len - expected) > 0)
        next[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] =
            __tcphdr->seq_num + __pkt->payload_len;
}

@@END
{
    print_table("%5$8d %6$4d %7$4d %8$5d %1$-18I %2$5d %3$-18I %4$5d\n",
                "SEGMENTS GAPS LATE AGAIN SENDER PORT RECEIVER PORT", segments, gaps, late, again);
}
