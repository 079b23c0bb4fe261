#!/usr/bin/env probevue
/*
 * Which networks send most: bytes, packets, and how many addresses. Bytes of IP and packets by the network of the
 * source, 24 bits of IPv4 and 64 of IPv6, and how many of its addresses were seen; the twenty that send most.
 *
 * topic:    traffic
 * live:     probevue top_subnets   until Ctrl-C
 * replay:   probevue -r mixed.pcapng top_subnets
 */

@@net:bpf:any:*:""
    when (__pkt->ip_version != 0)
{
    bytes[subnet(__pkt->src_addr, 24, 64)] += (long long)__pkt->ip_len;
    packets[subnet(__pkt->src_addr, 24, 64)]++;
    if (!exists(seen, __pkt->src_addr)) {
        seen[__pkt->src_addr] = 1;
        addresses[subnet(__pkt->src_addr, 24, 64)]++;
    }
}

@@END
{
    print_table("%2$10d %3$8d %4$9d %1$I\n", "BYTES PACKETS ADDRESSES NETWORK", bytes, packets, addresses, 20);
}
