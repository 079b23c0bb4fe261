#!/usr/bin/env probevue
/*
 * Bytes of payload and segments in and out of one TCP connection. A line each second while there is traffic. The
 * arguments are the two ends, addresses in quotes that reach the script: ADDRESS PORT ADDRESS PORT.
 *
 * topic:    TCP connections
 * live:     probevue connection_bytes '"192.0.2.2"' 45438 '"192.0.2.3"' 8080
 * replay:   probevue -r web.pcap connection_bytes '"192.0.2.2"' 45438 '"192.0.2.3"' 8080
 */

ip_addr_t here, there;
long long bytes_out, bytes_in;
int segments_out, segments_in, news;

@@BEGIN
{
    here = $1;
    there = $3;
}

@@net:bpf:any:tcp:""
    when (__pkt->src_addr == here && __pkt->src_port == $2 && __pkt->dst_addr == there && __pkt->dst_port == $4)
{
    bytes_out += (long long)__pkt->payload_len;
    segments_out++;
    news = 1;
}

@@net:bpf:any:tcp:""
    when (__pkt->src_addr == there && __pkt->src_port == $4 && __pkt->dst_addr == here && __pkt->dst_port == $2)
{
    bytes_in += (long long)__pkt->payload_len;
    segments_in++;
    news = 1;
}

@@interval:*:clock:1000
    when (news)
{
    printf("out %lld bytes in %d segments, in %lld bytes in %d segments\n", bytes_out, segments_out, bytes_in,
           segments_in);
    news = 0;
}

@@END
{
    printf("total: out %lld bytes in %d segments, in %lld bytes in %d segments\n", bytes_out, segments_out, bytes_in,
           segments_in);
}
