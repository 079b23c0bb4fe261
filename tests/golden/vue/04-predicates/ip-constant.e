// CLAIM: an ip_addr_t compared with a quoted address
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (__ip4hdr->src_addr == "192.0.2.2" && __tcphdr->flags & TH_SYN) { n++; }
@@END { printf("%d\n", n); }
