// CLAIM: globals stand in predicates
// SPEC: 3.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; printf("once\n"); }
