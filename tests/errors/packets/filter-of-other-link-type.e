// CLAIM: a filter for Wi-Fi on a capture of Ethernet: an error with the place in the filter; other clauses go on
// EXIT: 2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:any:*:"tcp or type mgt" { n++; }
@@net:bpf:any:*:"tcp" { n++; }
@@END { printf("%d\n", n > 0); }
