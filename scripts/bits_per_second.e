#!/usr/bin/env probevue
/*
 * Packets and bits on the wire each second, all and by protocol. One line each second: packets and bits, link
 * headers included (live, on all interfaces at once: the 20 bytes of the cooked form in which they are given), and how
 * much of that is IPv4, IPv6, TCP and UDP. In a replay the seconds are those of the capture.
 *
 * topic:    traffic
 * live:     probevue bits_per_second   until Ctrl-C
 * replay:   probevue -r web.pcap bits_per_second
 */

int second, packets;
long long bits, ipv4, ipv6, tcp, udp;

@@BEGIN
{
    printf("second  packets         bits         ipv4         ipv6          tcp          udp\n");
}

@@net:bpf:any:*:""
{
    packets++;
    bits += (long long)__pkt->len * 8;
    ipv4 += __pkt->ip_version == 4 ? (long long)__pkt->len * 8 : 0;
    ipv6 += __pkt->ip_version == 6 ? (long long)__pkt->len * 8 : 0;
    tcp += __pkt->protocol == IPPROTO_TCP ? (long long)__pkt->len * 8 : 0;
    udp += __pkt->protocol == IPPROTO_UDP ? (long long)__pkt->len * 8 : 0;
}

@@interval:*:clock:1000
{
    second++;
    printf("%6d %8d %12lld %12lld %12lld %12lld %12lld\n", second, packets, bits, ipv4, ipv6, tcp, udp);
    packets = 0;
    bits = 0;
    ipv4 = 0;
    ipv6 = 0;
    tcp = 0;
    udp = 0;
}

@@END
{
    printf("  rest %8d %12lld %12lld %12lld %12lld %12lld\n", packets, bits, ipv4, ipv6, tcp, udp);
}
