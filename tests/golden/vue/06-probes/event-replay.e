// CLAIM: event probes take part in a replay of packets: they never fire
// SPEC: 6.10.14
// ARGS: -r $DATA/telnet.pcap
// STDERR: ignore
int n;
@@net:tcp:retransmit { n++; }
@@END { printf("%d\n", n); }
