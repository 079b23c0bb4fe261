// CLAIM: an ip_addr_t may be initialised from a built-in
// SPEC: 1.3
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:ipv4:"tcp"
{
    ip_addr_t i2 = __ip4hdr->src_addr;
    if (n++ == 0) printf("%I\n", i2);
}
