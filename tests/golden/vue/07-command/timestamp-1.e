// CLAIM: -c timestamp=1 prints the date
// SPEC: 7.1
// ARGS: -c timestamp=1 -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 1) { n++; printf("%d\n", n); }
