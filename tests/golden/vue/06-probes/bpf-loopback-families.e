// CLAIM: filters find IPv6 in captures of BSD's loopback, whatever number the family has and whatever the byte order (extension)
// SPEC: 6.10.2
// ARGS: -r $DATA/made/link-null-little.pcap -r $DATA/made/link-null-big.pcap -r $DATA/made/link-loop.pcap -r $DATA/made/link-raw.pcap
// tcpdump counts in link-raw.pcap what has to come out four times.
@@net:bpf:any:*:"tcp" { tcp++; }
@@net:bpf:any:*:"ip" { ip4++; }
@@net:bpf:any:*:"ip6" { ip6++; }
@@net:bpf:any:*:"port 53" { dns++; }
@@net:bpf:any:*:"ip6 host 2001:db8::a" { host++; }
@@END { printf("%d %d %d %d %d\n", tcp, ip4, ip6, dns, host); }
