#!/usr/bin/env probevue
/*
 * How long servers take to accept a connection, by server and port. Microseconds, from SYN to SYN-ACK.
 *
 * topic:    TCP connections
 * live:     probevue handshake_time   until Ctrl-C
 * replay:   probevue -r web.pcap handshake_time
 */

@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    asked[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = timestamp();
}

/* The answer goes the other way: its destination is the client. */
@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK) &&
          asked[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port] != 0)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = asked[__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr][__pkt->src_port];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(microseconds[__pkt->src_addr][__pkt->src_port], usec);
    delete(asked, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr, __pkt->src_port);
}

@@END
{
    print(microseconds);
}
