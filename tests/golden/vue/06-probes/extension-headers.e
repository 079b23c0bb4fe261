// CLAIM: extension headers and AH are walked to the transport, where protocol and the clause agree
// SPEC: 6.10.5
// ARGS: -r $DATA/made/extended.pcap
int six, udp6, tcp4, udp4, icmp;
@@net:bpf:any:ipv6:"" when (__ip6hdr->protocol == IPPROTO_UDP) { six++; }
@@net:bpf:any:udp:"" { if (__pkt->ip_version == 6) udp6++; else udp4++; }
@@net:bpf:any:tcp:"" { tcp4++; }
@@net:bpf:any:icmp4:"" { icmp++; }
@@END { printf("UDP over IPv6 %d %d, behind AH: TCP %d, UDP %d, ICMP %d\n", six, udp6, tcp4, udp4, icmp); }
