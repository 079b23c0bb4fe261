#!/usr/bin/env probevue
/*
 * How large packets are, by protocol, in slots that double. For each protocol over IPv4 the number of packets by
 * size.
 *
 * topic:    traffic
 * live:     probevue packet_sizes   until Ctrl-C
 * replay:   probevue -r mixed.pcapng packet_sizes
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
