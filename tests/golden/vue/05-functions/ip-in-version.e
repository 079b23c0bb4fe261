// CLAIM: an address of one version and a network of the other are warned of
// SPEC: 5.9
// extension: AIX has no such function
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:ipv4:"ip"
{
    printf("%d%d %d%d\n", ip_in(__ip4hdr->src_addr, "2001:db8::/32"), ip_in(__ip4hdr->src_addr, "::ffff:10.0.0.0/104"),
           __ip4hdr->src_addr < "2001:db8::", "2001:db8::" < __ip4hdr->src_addr);
    exit();
}
