// CLAIM: an interval on processors fires once an interval in a replay
// SPEC: 6.7
// ARGS: -r $DATA/web.pcap
@@interval:*:clock:100:0|2-3 { n++; }
@@interval:*:clock:100 { m++; }
@@END { printf("%d\n", n == m and n > 0); }
