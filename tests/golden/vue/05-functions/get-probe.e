// CLAIM: get_probe is the probe specification
// SPEC: 5.3
// ARGS: -r $DATA/telnet.pcap
int n;
@@BEGIN { printf("%s\n", get_probe()); }
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; printf("%s\n", get_probe()); }
