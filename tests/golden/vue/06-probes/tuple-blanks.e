// CLAIM: blanks around fields are tolerated
// SPEC: 6.0
// ARGS: -r $DATA/telnet.pcap
int n;
@@net : bpf :eth0: tcp : "port 23" { n++; }
@@END { printf("%d\n", n); }
