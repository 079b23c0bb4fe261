// CLAIM: the right side may be the result of a function
// SPEC: 3.2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" { n++; if (n == 1) t0 = timestamp(); if (n == 2) diff_us = diff_time(t0, timestamp(), MICROSECONDS); }
@@END { printf("%lld\n", diff_us); }
