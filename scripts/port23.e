#!/usr/bin/env probevue
/*
 * The example of the AIX manual: header information of packets sent or received through port 23. The interface is
 * another, `any` instead of en0, and ports are compared in the predicate instead of a filter, which finds them behind
 * VLAN tags too.
 *
 * live:     probevue scripts/port23.e                                   until Ctrl-C
 * replay:   probevue -r tests/data/telnet.pcap scripts/port23.e
 */

@@net:bpf:any:tcp:""
    when (__tcphdr->src_port == 23 || __tcphdr->dst_port == 23)
{
        printf("src_addr:%I and dst_addr:%I\n",__ip4hdr->src_addr,__ip4hdr->dst_addr);
        printf("src port:%d\n",__tcphdr->src_port);
        printf("dst port:%d\n",__tcphdr->dst_port);
        printf("tcp hdr_len:%d\n",__tcphdr->hdr_len);
}
