// CLAIM: %W seconds and microseconds since the session began
// SPEC: 5.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 3) { n++; printf("%W\n", timestamp()); }
