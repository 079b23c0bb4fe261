// CLAIM: one file of several that cannot be read: nothing runs
// ARGS: -r $DATA/dns.pcap -r $DATA/bad/section-cut.pcapng
// EXIT: 1
int n;
@@BEGIN { printf("begin\n"); }
@@net:bpf:any:*:"" { n++; }
@@END { printf("%d\n", n); }
