// CLAIM: filters with protochain find a protocol behind extension headers, of fragments too (tcpdump's counts)
// SPEC: 6.10.2
// ARGS: -r $DATA/made/ip6.pcap
@@net:bpf:::"ip6 protochain 58" { icmp6++; }
@@net:bpf:::"ip6 protochain 17" { udp++; }
@@net:bpf:::"protochain 6" { tcp++; }
@@net:bpf:::"ip protochain 6" { tcp4++; }
@@END { printf("%d %d %d %d\n", icmp6, udp, tcp, tcp4); }
