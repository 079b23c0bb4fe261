#!/usr/bin/env probevue
/*
 * Headers of packets through port 23: the example of the AIX manual. The interface is another, `any` instead of
 * en0, and ports are compared in the predicate instead of a filter, which finds them behind VLAN tags too.
 *
 * topic:    packet contents
 * live:     probevue port23   until Ctrl-C
 * replay:   probevue -r telnet.pcap port23
 */

@@net:bpf:any:tcp:""
    when (__tcphdr->src_port == 23 || __tcphdr->dst_port == 23)
{
    printf("src_addr:%I and dst_addr:%I\n", __ip4hdr->src_addr, __ip4hdr->dst_addr);
    printf("src port:%d\n", __tcphdr->src_port);
    printf("dst port:%d\n", __tcphdr->dst_port);
    printf("tcp hdr_len:%d\n", __tcphdr->hdr_len);
}
