// CLAIM: rarp is a protocol of its own
// SPEC: 6.10.12
// ARGS: -r $DATA/made/arp.pcap
int arp, rarp;
@@net:bpf:eth0:arp:"" { arp++; }
@@net:bpf:eth0:rarp:"" { rarp++; if (__arphdr->operation == 3) printf("%M\n", __arphdr->src_mac_addr); }
@@END { printf("%d %d\n", arp, rarp); }
