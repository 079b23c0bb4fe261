// CLAIM: -c thread=on prints the thread before each record
// SPEC: 7.1
// ARGS: -c thread=on -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 1) { n++; printf("%d\n", n); }
