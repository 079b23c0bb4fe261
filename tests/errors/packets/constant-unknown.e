// CLAIM: an unknown constant, with the one that was meant
// EXIT: 2
@@net:bpf:eth0:tcp:"port 80"
    when (__tcphdr->flags & TH_SIN)
{
    if (__ip4hdr->protocol == IPPROTO_TPC) exit();
}
