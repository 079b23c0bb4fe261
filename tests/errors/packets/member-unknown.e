// CLAIM: an unknown member, with the one that was meant
// EXIT: 2
@@net:bpf:eth0:tcp:"port 80"
{
    printf("%d\n", __tcphdr->src_prot);
    printf("%d\n", __ip4hdr->tll);
    printf("%d\n", __tcphdr->nothing_like_it);
}
