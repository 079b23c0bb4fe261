// CLAIM: %A takes a value cast to probev_timestamp_t
// SPEC: 5.1
// ARGS: -r $DATA/telnet.pcap
int n; long long l;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; l = (long long)timestamp(); printf("%A: x\n", (probev_timestamp_t) l); }
