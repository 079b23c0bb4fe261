// CLAIM: predicates are evaluated for each clause
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
int syn, fin, n;
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->flags == TH_SYN) { syn++; }
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->flags & TH_RST) { fin++; }
@@net:bpf:eth0:tcp:"port 23" { n++; }
@@END { printf("%d %d %d\n", syn, fin, n); }
