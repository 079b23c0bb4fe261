// CLAIM: -c timestamp=0 prints seconds since the session began before each record
// SPEC: 7.1
// ARGS: -c timestamp=0 -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 3) { n++; printf("%d\n", n); }
