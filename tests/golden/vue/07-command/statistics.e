// CLAIM: --stats tells what was seen, matched and lost
// SPEC: 7.4
// ARGS: --stats -r $DATA/telnet.pcap
// STDERR: ignore
int n;
@@net:bpf:eth0:tcp:"dst port 23" { n++; }
@@END { printf("%d\n", n); }
