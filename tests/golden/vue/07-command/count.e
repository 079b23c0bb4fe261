// CLAIM: -c N ends after so many packets that a clause ran for; every clause sees the last one; intervals do not count
// SPEC: 7.3
// extension: AIX has no such meaning of -c
// ARGS: -c 5 -r $DATA/web.pcap
@@net:bpf:any:tcp:"tcp" when (__tcphdr->flags & TH_SYN) { syns++; }
@@net:bpf:any:tcp:"tcp" when (__tcphdr->flags & TH_SYN) { again++; }
@@interval:*:clock:100 { ticks++; }
@@net:bpf:any:tcp:"tcp" { all++; last = __pkt->number; }
@@END { printf("%d %d %d, the last is %d\n", syns, again, all, last); }
