#!/usr/bin/env probevue
/*
 * Where the time of a TCP service goes: the handshake, and the first byte. By server: the handshake, from SYN to
 * the ACK that completes it (tshark's tcp.analysis.initial_rtt), and the first byte, from the client's first data
 * to the server's. Where the server speaks first, its time begins when the handshake is complete. Microseconds, of
 * connections whose beginning was seen; of SYNs that are sent again the last counts.
 *
 * topic:    TCP connections
 * live:     probevue first_byte   until Ctrl-C
 * replay:   probevue -r web.pcap first_byte
 */

/* stage: 1 SYN, 2 SYN-ACK, 3 complete, 4 the client has sent data. */
@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    stage[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = 1;
    since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = timestamp();
}

/* What servers send goes the other way: its destination is the client. */
@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK) &&
          stage[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] == 1)
{
    stage[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] = 2;
}

@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_RST | TH_ACK)) == TH_ACK &&
          stage[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] == 2)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(handshake[__pkt->dst_addr][__pkt->dst_port], usec);
    stage[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = 3;
    since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = timestamp();
}

@@net:bpf:any:tcp:""
    when (__pkt->payload_len > 0 && stage[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] == 3)
{
    stage[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = 4;
    since[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = timestamp();
}

@@net:bpf:any:tcp:""
    when (__pkt->payload_len > 0 && stage[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] >= 3)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = since[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(first_byte[__pkt->src_addr][__pkt->src_port], usec);
    delete(stage, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr, __pkt->src_port);
    delete(since, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr, __pkt->src_port);
}

@@END
{
    print_table("%3$11d %4$13d %5$8d %6$8d %7$14d %8$8d %1$-24I %2$5d\n",
                "CONNECTIONS AVG-HANDSHAKE MAX-USEC ANSWERED AVG-FIRST-BYTE MAX-USEC SERVER PORT", count(handshake),
                avg(handshake), max(handshake), count(first_byte), avg(first_byte), max(first_byte));
}
