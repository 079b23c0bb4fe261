#!/usr/bin/env probevue
/*
 * How long servers take to accept a connection, in microseconds from SYN to SYN-ACK, by server address and port.
 *
 * live:     probevue scripts/handshake_time.e                           until Ctrl-C
 * replay:   probevue -r tests/data/web.pcap scripts/handshake_time.e
 */

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 4 && (__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    asked[__ip4hdr->src_addr][__tcphdr->src_port][__ip4hdr->dst_addr][__tcphdr->dst_port] = timestamp();
}

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 6 && (__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    asked[__ip6hdr->src_addr][__tcphdr->src_port][__ip6hdr->dst_addr][__tcphdr->dst_port] = timestamp();
}

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 4 && (__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK)
          && asked[__ip4hdr->dst_addr][__tcphdr->dst_port][__ip4hdr->src_addr][__tcphdr->src_port] != 0)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = asked[__ip4hdr->dst_addr][__tcphdr->dst_port][__ip4hdr->src_addr][__tcphdr->src_port];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(microseconds[__ip4hdr->src_addr][__tcphdr->src_port], usec);
    delete(asked, __ip4hdr->dst_addr, __tcphdr->dst_port, __ip4hdr->src_addr, __tcphdr->src_port);
}

@@net:bpf:any:tcp:""
    when (__pkt->ip_version == 6 && (__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK)
          && asked[__ip6hdr->dst_addr][__tcphdr->dst_port][__ip6hdr->src_addr][__tcphdr->src_port] != 0)
{
    __auto probev_timestamp_t start;
    __auto long long usec;

    start = asked[__ip6hdr->dst_addr][__tcphdr->dst_port][__ip6hdr->src_addr][__tcphdr->src_port];
    usec = diff_time(start, timestamp(), MICROSECONDS);
    append(microseconds[__ip6hdr->src_addr][__tcphdr->src_port], usec);
    delete(asked, __ip6hdr->dst_addr, __tcphdr->dst_port, __ip6hdr->src_addr, __tcphdr->src_port);
}

@@END
{
    print(microseconds);
}
