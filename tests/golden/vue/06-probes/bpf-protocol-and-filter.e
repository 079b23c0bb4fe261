// CLAIM: fires where the filter matches and the packet carries the protocol
// SPEC: 6.10.2
// ARGS: -r $DATA/mixed.pcapng
int arp, icmp4, icmp6, igmp, udp, tcp, four, six, all;
@@net:bpf:eth0:arp:"" { arp++; }
@@net:bpf:eth0:icmp4:"" { icmp4++; }
@@net:bpf:eth0:icmp6:"" { icmp6++; }
@@net:bpf:eth0:igmp:"" { igmp++; }
@@net:bpf:eth0:udp:"" { udp++; }
@@net:bpf:eth0:tcp:"" { tcp++; }
@@net:bpf:eth0:ipv4:"" { four++; }
@@net:bpf:eth0:ipv6:"" { six++; }
@@net:bpf:eth0:ether:"" { all++; }
@@END { printf("%d %d %d %d %d %d %d %d %d\n", arp, icmp4, icmp6, igmp, udp, tcp, four, six, all); }
