// CLAIM: __icmp: type, code and checksum
// SPEC: 6.10.9
// ARGS: -r $DATA/made/icmp4.pcap
int n;
@@net:bpf:eth0:icmp4:"" when (n < 6) { n++; printf("%d %d %d\n", __icmp->type, __icmp->code, __icmp->cksum); }
