// CLAIM: the example of the page: addresses, ports and header length
// SPEC: 6.10.16
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:en0:tcp:"port 23" when (n < 2)
{
    printf("src_addr:%I and dst_addr:%I\n", __ip4hdr->src_addr, __ip4hdr->dst_addr);
    printf("src port:%d\n", __tcphdr->src_port);
    printf("dst port:%d\n", __tcphdr->dst_port);
    printf("tcp hdr_len:%d\n", __tcphdr->hdr_len);
    n++;
}
