// CLAIM: automatic variables live in one action block, fresh each time
// SPEC: 3.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 2) { __auto int x; x = 5; x += n; n++; printf("%d\n", x); }
@@net:bpf:eth0:tcp:"port 23" when (n == 2) { __auto String x[4]; x = "own"; printf("%s\n", x); n++; }
