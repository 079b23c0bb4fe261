// CLAIM: timestamps are passed to diff_time
// SPEC: 2.6
// ARGS: -r $DATA/telnet.pcap
probev_timestamp_t t;
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 2) { if (n == 1) printf("%lld\n", diff_time(t, timestamp(), MICROSECONDS)); t = timestamp(); n++; }
