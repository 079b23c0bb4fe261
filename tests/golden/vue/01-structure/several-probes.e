// CLAIM: several probe points share one clause, joined with commas, over lines
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"dst port 23",
@@net:bpf:eth0:tcp:"src port 23" { n++; }
@@END { printf("%d\n", n); }
