#!/usr/bin/env probevue
/*
 * The way of each packet through the kernel, and why it is dropped. As pwru and retis show it: a line for each
 * event that it comes by, with the number of the packet, the time since the first of them, its device, addresses
 * and protocol, and for one that is dropped the reason and the function. The argument is a tcpdump filter, in
 * quotes that reach the script. Packets are told from each other by __pkt->id.
 *
 * topic:    kernel and devices
 * live:     probevue packet_path '"udp port 53"'   until Ctrl-C, as root
 * replay:   probevue -r path.pcapng packet_path '"udp"'
 */

@@BEGIN
{
    printf("%-7s %9s %-21s %-8s %s\n", "PACKET", "US", "EVENT", "DEVICE", "FROM > TO PROTOCOL");
}

@@net:ip:send:$1, @@net:netdev:transmit:$1, @@net:netdev:hard_transmit:$1, @@net:netdev:rx:$1, @@net:netdev:receive:$1,
@@net:ip:receive:$1, @@net:tcp:receive:$1, @@net:skb:drop:$1
    when (numbers[__pkt->id] == 0)
{
    numbers[__pkt->id] = ++packets;
    begun[__pkt->id] = timestamp();
}

@@net:ip:send:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "ip:send", __netdev->dev_name, __pkt->src_addr,
           __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:netdev:transmit:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "netdev:transmit", __netdev->dev_name,
           __pkt->src_addr, __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:netdev:hard_transmit:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "netdev:hard_transmit", __netdev->dev_name,
           __pkt->src_addr, __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:netdev:rx:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "netdev:rx", __netdev->dev_name, __pkt->src_addr,
           __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:netdev:receive:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "netdev:receive", __netdev->dev_name,
           __pkt->src_addr, __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:ip:receive:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "ip:receive", __netdev->dev_name, __pkt->src_addr,
           __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:tcp:receive:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "tcp:receive", __netdev->dev_name, __pkt->src_addr,
           __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr);
}

@@net:skb:drop:$1
{
    printf("%-7lld %9lld %-21s %-8s %I > %I %s%s: %s in %s\n", numbers[__pkt->id],
           diff_time(begun[__pkt->id], timestamp(), MICROSECONDS), "skb:drop", __netdev->dev_name, __pkt->src_addr,
           __pkt->dst_addr, __ipv4info->ipv4_protostr, __ipv6info->ipv6_nextstr, __drop->reason_str, __drop->symbol);
    delete(numbers, __pkt->id);
    delete(begun, __pkt->id);
}
