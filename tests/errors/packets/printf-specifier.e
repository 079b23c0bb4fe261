// CLAIM: specifiers that do not fit, are too many or too few, or unknown
// EXIT: 2
@@net:bpf:eth0:tcp:"port 80"
{
    printf("%s\n", __tcphdr->src_port);
    printf("%d\n", __ip4hdr->src_addr);
    printf("%I\n", __tcphdr->src_port);
    printf("%M\n", __ip4hdr->src_addr);
    printf("%d %d\n", __tcphdr->src_port);
    printf("%d\n", __tcphdr->src_port, __tcphdr->dst_port);
    printf("%y\n", __tcphdr->src_port);
    printf("%\n");
}
