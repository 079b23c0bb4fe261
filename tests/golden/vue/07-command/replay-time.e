// CLAIM: output is in the order of time, over all sources
// SPEC: 7.3
// ARGS: -r $DATA/telnet.pcap -r $DATA/dns.pcap
probev_timestamp_t last;
int disorder, n;
@@net:bpf:eth0:ether:"" { n++; if (timestamp() < last) disorder++; last = timestamp(); }
@@END { printf("%d %d\n", n, disorder); }
