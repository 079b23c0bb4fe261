// CLAIM: payload protocols by their constants
// SPEC: 6.10.5
// ARGS: -r $DATA/made/ip4.pcap
int icmp, tcp, udp, none;
@@net:bpf:eth0:ipv4:"" { if (__ip4hdr->protocol == IPPROTO_ICMP) icmp++; if (__ip4hdr->protocol == IPPROTO_TCP) tcp++; if (__ip4hdr->protocol == IPPROTO_UDP) udp++; if (__ip4hdr->protocol == IPPROTO_NONE) none++; }
@@END { printf("%d %d %d %d\n", icmp, tcp, udp, none); }
