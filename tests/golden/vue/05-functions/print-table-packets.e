// CLAIM: packets and bytes by client and port, side by side
// SPEC: 5.7
// extension: AIX has no such function
// ARGS: -r $DATA/web.pcap
@@END {
    print_table("%-16I %5d %8d %5d %6d\n", "CLIENT PORT PACKETS SYN BYTES", packets, syns, sum(sizes), 6);
}
@@net:bpf:any:tcp:"ip" {
    packets[__ip4hdr->src_addr][__tcphdr->dst_port]++;
    if (__tcphdr->flags & TH_SYN) syns[__ip4hdr->src_addr][__tcphdr->dst_port]++;
    append(sizes[__ip4hdr->src_addr][__tcphdr->dst_port], __ip4hdr->total_len);
}
