// CLAIM: __ip4hdr: the members
// SPEC: 6.10.5
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:ipv4:"port 23" when (n == 0) { n = 1;
    printf("%I %I %d %d %d %d %d %d %d %x\n", __ip4hdr->src_addr, __ip4hdr->dst_addr, __ip4hdr->protocol, __ip4hdr->ttl, __ip4hdr->cksum, __ip4hdr->id,
        __ip4hdr->total_len, __ip4hdr->hdr_len, __ip4hdr->tos, __ip4hdr->frag_offset); }
