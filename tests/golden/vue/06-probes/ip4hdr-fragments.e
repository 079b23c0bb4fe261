// CLAIM: frag_offset holds IP_DF, IP_MF and the offset
// SPEC: 6.10.5
// ARGS: -r $DATA/made/ip4.pcap
int n;
@@net:bpf:eth0:ipv4:"" when (n < 10) { n++; printf("%d %d %d\n", (__ip4hdr->frag_offset & IP_DF) != 0, (__ip4hdr->frag_offset & IP_MF) != 0, __ip4hdr->frag_offset & 0x1fff); }
