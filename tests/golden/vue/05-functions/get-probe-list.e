// CLAIM: of several tuples the one that fired
// SPEC: 5.3
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"src port 23", @@net:bpf:eth0:tcp:"dst port 23" when (n < 2) { n++; printf("%s\n", get_probe()); }
