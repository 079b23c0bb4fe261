// CLAIM: what is not zero is true
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->urg_ptr) { n++; }
@@END { printf("%d\n", n); }
