// CLAIM: @@BEGIN runs before any probe is enabled, @@END after tracing stopped
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@END { printf("last %d\n", n); }
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { printf("packet\n"); n++; }
@@BEGIN { printf("first %d\n", n); }
