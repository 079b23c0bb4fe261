// CLAIM: name_of gives the names of what packets have: protocols, types, flags as tcpdump prints them, code points
// SPEC: 5.9
// extension: AIX has numbers alone
// ARGS: -r $DATA/mixed.pcapng
@@net:bpf:any:ether:"" { types[name_of(__etherhdr->ether_type)][name_of(__pkt->protocol)]++; }
@@net:bpf:any:arp:"" { arp[name_of(__arphdr->operation)][name_of(__arphdr->protocol_type)][name_of(__arphdr->hw_addr_type)]++; }
@@net:bpf:any:icmp4:"" { icmp[name_of(__icmp->type)]++; }
@@net:bpf:any:icmp6:"" { icmp6[name_of(__icmp6->type)]++; }
@@net:bpf:any:igmp:"" { igmp[name_of(__igmp->type)][name_of(__pkt->dscp)]++; }
@@net:bpf:any:tcp:"" { flags[name_of(__tcphdr->all_flags)][name_of(__tcphdr->flags & (TH_SYN | TH_FIN))]++; }
@@END { print(types); print(arp); print(icmp); print(icmp6); print(igmp); print(flags); }
