#!/usr/bin/env probevue
/*
 * Packets that were too large for the path, and which router said so. Both versions of IP: which router told which
 * sender, what size it lets through to which destination, and how often. A size of 0 is that of a router older
 * than RFC 1191. A sender that is told the same again and again does not hear it, or does not obey. The
 * destination is that of the packet that the message quotes.
 *
 * topic:    addresses and ICMP
 * live:     probevue path_mtu   until Ctrl-C
 * replay:   probevue -r mtu.pcap path_mtu
 */

struct quoted4
{
    unsigned char before[16];
    unsigned int destination;
};

struct quoted6
{
    unsigned char before[24];
    unsigned char destination[16];
};

@@net:bpf:any:icmp4:""
    when (__icmp->type == ICMP_UNREACH && __icmp->code == ICMP_UNREACH_NEEDFRAG)
{
    struct quoted4 packet;

    copy_kdata(__pkt->payload, packet);
    messages[__pkt->src_addr][__pkt->dst_addr][convert_ip4_addr(packet.destination)][(unsigned int)__icmp->mtu]++;
}

@@net:bpf:any:icmp6:""
    when (__icmp6->type == ICMP6_PACKET_TOO_BIG)
{
    struct quoted6 long_packet;

    copy_kdata(__pkt->payload, long_packet);
    messages[__pkt->src_addr][__pkt->dst_addr][convert_ip6_addr(long_packet.destination)][__icmp6->mtu]++;
}

@@END
{
    print_table("%5$8d %4$5u %2$-18I %3$-18I %1$I\n", "MESSAGES MTU SENDER DESTINATION ROUTER", messages);
}
