// CLAIM: ip_ntop gives an address as text, of either version and of a subnet, to be joined, compared and counted by
// SPEC: 5.9
// extension: SystemTap's; AIX has the conversion %I alone
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:tcp:"" when (__tcphdr->flags == TH_SYN) {
    ways[ip_ntop(__pkt->src_addr) + " > " + ip_ntop(__pkt->dst_addr)]++;
    if (ip_ntop(__pkt->src_addr) == "2001:db8::2") six++;
    nets[ip_ntop(subnet(__pkt->src_addr, 24, 64))]++;
}
@@END { print(ways); printf("%d\n", six); print(nets); printf("%s\n", ip_ntop("fe80::1")); }
