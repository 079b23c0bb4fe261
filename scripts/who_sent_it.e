#!/usr/bin/env probevue
/*
 * Which processes send packets to an address and port. SystemTap's who_sent_it: a line for each packet that is
 * handed to a device, and a table in the end. The arguments are the address, in quotes that reach the script, and
 * the port of TCP or UDP, 0 for all packets there. A packet that no socket of this machine sends (forwarded, an
 * answer of the kernel) is sent by `-`.
 *
 * topic:    processes
 * live:     probevue who_sent_it '"192.0.2.3"' 443   until Ctrl-C, as root
 * replay:   probevue -r senders.pcapng who_sent_it '"10.10.10.2"' 80
 */

ip_addr_t there;

@@BEGIN
{
    there = $1;
}

@@net:netdev:transmit
    when (__pkt->dst_addr == there && ($2 == 0 || __pkt->dst_port == $2))
{
    __auto String who[16];

    if (__owner->pid < 0)
        who = "-";
    else
        who = __owner->name;
    printf("%s[%lld] sent packet to %I:%d on %s, %u bytes\n", who, __owner->pid, there, $2, __netdev->dev_name,
           __netdev->length);
    packets[__owner->pid][__owner->uid][__netdev->dev_name][who]++;
    bytes[__owner->pid][__owner->uid][__netdev->dev_name][who] += __netdev->length;
}

@@END
{
    print_table("%1$7d %2$6d %3$-15s %5$8d %6$10d %4$s\n", "PID UID DEV PACKETS BYTES COMM", packets, bytes);
}
