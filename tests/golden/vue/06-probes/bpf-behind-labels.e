// CLAIM: a clause on a protocol fires where its filter looks behind labels, PPPoE or a tag (tcpdump's counts), and with an empty filter for all
// SPEC: 6.10.2
// ARGS: -r $DATA/made/encapsulated.pcap
@@net:bpf:any:tcp:"mpls and tcp" { labels++; }
@@net:bpf:any:tcp:"pppoes and tcp" { pppoe++; }
@@net:bpf:any:udp:"pppoes and udp port 53" { asked++; }
@@net:bpf:any:tcp:"vlan and tcp" { tag++; }
@@net:bpf:any:tcp:"" { all++; }
@@END { printf("%d %d %d %d of %d\n", labels, pppoe, asked, tag, all); }
