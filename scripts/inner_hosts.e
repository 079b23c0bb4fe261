#!/usr/bin/env probevue
/*
 * Who sends in tunnels: hosts inside, with tunnel, packets and bytes. Packets and bytes by what carries them (GRE,
 * IP in IP, VXLAN, GENEVE, GTP-U), the number of the tunnel (VNI, key, TEID) and the innermost hosts; the most
 * bytes first. Bytes are those of the inner packets, by their own IP headers. Packets that errors of ICMP quote
 * are left out: they have been sent before.
 *
 * topic:    traffic
 * live:     probevue inner_hosts   until Ctrl-C
 * replay:   probevue -r tunnels.pcap inner_hosts
 */

String carrier[8];

@@net:bpf:any:*:""
    when (__inner->kind != INNER_NONE and __inner->kind != INNER_QUOTED)
{
    if (__inner->kind == INNER_GRE) {
        carrier = "GRE";
    } else if (__inner->kind == INNER_IPIP) {
        carrier = "IP";
    } else if (__inner->kind == INNER_VXLAN) {
        carrier = "VXLAN";
    } else if (__inner->kind == INNER_GENEVE) {
        carrier = "GENEVE";
    } else {
        carrier = "GTP-U";
    }
    bytes[carrier][__inner->vni][__inner->src_addr][__inner->dst_addr] += (long long)__inner->len;
    packets[carrier][__inner->vni][__inner->src_addr][__inner->dst_addr]++;
}

@@END
{
    print_table("%-7s %10u  %-16I %-16I %10d %8d\n", bytes, packets, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
