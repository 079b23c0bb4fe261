// CLAIM: --skip-bad leaves files out that cannot be read, and the status says so at the end
// ARGS: --skip-bad -r $DATA/bad/section-cut.pcapng -r $DATA/dns.pcap -r $DATA/no-such.pcap
// EXIT: 1
int n;
@@net:bpf:any:*:"" { n++; }
@@END { printf("%d\n", n); }
