// CLAIM: a file that says no addresses of its host is warned of once a place
// SPEC: 5.9
// extension: AIX has no such function
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:*:"ip or ip6" { n[is_local(__pkt->src_addr)]++; if (is_local("::1")) loopback++; }
@@END { print(n); printf("%d\n", loopback); }
