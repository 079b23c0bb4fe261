#!/usr/bin/env probevue
/*
 * How large packets are: for each protocol over IPv4 the number of packets by size, in slots that double.
 *
 * live:     probevue scripts/packet_sizes.e                             until Ctrl-C
 * replay:   probevue -r tests/data/mixed.pcapng scripts/packet_sizes.e
 */

range_t doubling;

@@BEGIN
{
    set_range(doubling, POWER, 2);
}

@@net:bpf:any:ipv4:""
{
    qrange(size[__ip4hdr->protocol], doubling, __pkt->ip_len);
}

@@END
{
    print(size);
}
