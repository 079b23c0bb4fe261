// CLAIM: a version of pcap that nobody has defined is read, with a note
// SPEC: 7.3
// ARGS: -r $DATA/bad/version-2-5.pcap
int n;
@@net:bpf:any:*:"" { n++; }
@@END { printf("%d\n", n); }
