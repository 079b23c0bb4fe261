// CLAIM: get_kstring reads text from the packet
// SPEC: 5.4
// ARGS: -r $DATA/dns.pcap
int n;
@@net:bpf:eth0:*:"dst port 53" when (n == 0) { printf("%s\n", get_kstring((char *)__mdata + 55, 3)); n = 1; }
