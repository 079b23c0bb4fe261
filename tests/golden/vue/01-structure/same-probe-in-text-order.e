// CLAIM: clauses of one probe point run in the order of the script
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 2) { printf("one "); }
@@net:bpf:eth0:tcp:"port 23" when (n < 2) { printf("two "); }
@@net:bpf:eth0:tcp:"port 23" { n++; if (n <= 2) printf("three\n"); }
