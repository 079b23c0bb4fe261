// CLAIM: the predicate may be left out
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" { n++; }
@@END { printf("%d\n", n); }
