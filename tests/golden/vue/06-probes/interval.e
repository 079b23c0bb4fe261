// CLAIM: @@interval fires on the clock, in replay on that of the packets
// SPEC: 6.7
// ARGS: -r $DATA/telnet.pcap
int n;
@@interval:*:clock:500 { n++; }
@@END { printf("%d\n", n > 0); }
