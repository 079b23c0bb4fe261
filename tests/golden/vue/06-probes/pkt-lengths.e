// CLAIM: __pkt->len, caplen, ip_version and ip_len (extension), with the length of a segment that was not cut yet
// SPEC: 6.10.4
// ARGS: -r $DATA/made/ip4.pcap
@@net:bpf:any:ipv4:"" when (__ip4hdr->total_len == 0)
{
    printf("%d %d %d %d\n", __pkt->ip_version, __pkt->ip_len, __pkt->len, __pkt->caplen);
}
@@net:bpf:any:ipv4:"" when (__ip4hdr->total_len != 0 && __pkt->ip_len != __ip4hdr->total_len) { printf("another\n"); }
