// CLAIM: a capture that breaks off: what is there counts, then an error
// SPEC: 7.3
// ARGS: -r $DATA/bad/data-cut.pcap
// EXIT: 1
int n;
@@net:bpf:eth0:ether:"" { n++; }
@@END { printf("%d\n", n); }
