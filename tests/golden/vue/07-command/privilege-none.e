// CLAIM: a replay needs no privileges
// SPEC: 7.7
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"" { n++; }
@@END { printf("%d\n", n); }
