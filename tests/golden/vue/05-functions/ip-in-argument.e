// CLAIM: the network of ip_in may be an argument of the script
// SPEC: 5.9
// extension: AIX has no such function
// ARGS: -r $DATA/web.pcap
// ARGV: '"192.0.2.2/32"'
@@net:bpf:any:*:"ip" { if (ip_in(__pkt->src_addr, $1)) from++; else other++; }
@@END { printf("%d %d\n", from, other); }
