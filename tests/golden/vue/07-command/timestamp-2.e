// CLAIM: -c timestamp=2 prints the raw time
// SPEC: 7.1
// ARGS: -c timestamp=2 -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 1) { n++; printf("%d\n", n); }
