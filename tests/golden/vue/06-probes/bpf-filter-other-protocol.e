// CLAIM: a filter for another protocol than the field never fires
// SPEC: 6.10.2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:udp:"tcp port 23" { n++; }
@@END { printf("%d\n", n); }
