// CLAIM: no further events after exit()
// SPEC: 5.3
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" { n++; if (n == 3) exit(); }
@@END { printf("%d\n", n); }
