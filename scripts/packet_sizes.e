#!/usr/bin/env probevue
/*
 * How large packets are, by protocol. Their number, quantiles and a histogram of bytes, for both IP versions.
 *
 * topic:    traffic
 * live:     probevue packet_sizes   until Ctrl-C
 * replay:   probevue -r mixed.pcapng packet_sizes
 */

@@net:bpf:any:*:""
    when (__pkt->ip_version != 0)
{
    add_dist(size[name_of(__pkt->protocol)], __pkt->ip_len);
}

@@END
{
    quantize(size);
}
