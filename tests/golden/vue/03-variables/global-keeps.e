// CLAIM: globals keep their value over clauses
// SPEC: 3.1
// ARGS: -r $DATA/telnet.pcap
__global int n;
@@BEGIN { n = 100; }
@@net:bpf:eth0:tcp:"port 23" { global:n++; }
@@END { printf("%d\n", n); }
