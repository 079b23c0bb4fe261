#!/usr/bin/env probevue
/*
 * Bytes of payload and segments in and out of one TCP connection, a line each second while there is traffic. The
 * arguments are the two ends, addresses in quotes that reach the script: ADDRESS PORT ADDRESS PORT. How long other
 * headers between IP and TCP are (extension headers of IPv6, AH) is not known here: bytes of such segments are left
 * out, and their number is told.
 *
 * live:     probevue scripts/connection_bytes.e '"192.0.2.2"' 45438 '"192.0.2.3"' 8080
 * replay:   probevue -r tests/data/web.pcap scripts/connection_bytes.e '"192.0.2.2"' 45438 '"192.0.2.3"' 8080
 */

ip_addr_t here, there;
long long bytes_out, bytes_in;
int segments_out, segments_in, unmeasured, news;

@@BEGIN
{
    here = $1;
    there = $3;
}

@@net:bpf:any:tcp:""
    when (__ip4hdr->src_addr == here && __tcphdr->src_port == $2 && __ip4hdr->dst_addr == there && __tcphdr->dst_port == $4)
{
    if (__ip4hdr->protocol == IPPROTO_TCP)
        bytes_out += __pkt->ip_len - __ip4hdr->hdr_len - __tcphdr->hdr_len;
    else
        unmeasured++;
    segments_out++;
    news = 1;
}

@@net:bpf:any:tcp:""
    when (__ip6hdr->src_addr == here && __tcphdr->src_port == $2 && __ip6hdr->dst_addr == there && __tcphdr->dst_port == $4)
{
    if (__ip6hdr->next_hdr == IPPROTO_TCP)
        bytes_out += __ip6hdr->total_len - __tcphdr->hdr_len;
    else
        unmeasured++;
    segments_out++;
    news = 1;
}

@@net:bpf:any:tcp:""
    when (__ip4hdr->src_addr == there && __tcphdr->src_port == $4 && __ip4hdr->dst_addr == here && __tcphdr->dst_port == $2)
{
    if (__ip4hdr->protocol == IPPROTO_TCP)
        bytes_in += __pkt->ip_len - __ip4hdr->hdr_len - __tcphdr->hdr_len;
    else
        unmeasured++;
    segments_in++;
    news = 1;
}

@@net:bpf:any:tcp:""
    when (__ip6hdr->src_addr == there && __tcphdr->src_port == $4 && __ip6hdr->dst_addr == here && __tcphdr->dst_port == $2)
{
    if (__ip6hdr->next_hdr == IPPROTO_TCP)
        bytes_in += __ip6hdr->total_len - __tcphdr->hdr_len;
    else
        unmeasured++;
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
    if (unmeasured)
        printf("without the bytes of %d segments with other headers before TCP\n", unmeasured);
}
