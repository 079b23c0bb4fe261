// CLAIM: a later timestamp is greater
// SPEC: 2.6
// ARGS: -r $DATA/telnet.pcap
probev_timestamp_t t;
int later, n;
@@net:bpf:eth0:tcp:"port 23" { n++; if (timestamp() > t) later++; t = timestamp(); }
@@END { printf("%d %d\n", n, later); }
