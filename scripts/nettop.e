#!/usr/bin/env probevue
/*
 * Packets and bytes of each process at each device, every five seconds. Who sends the most packets stands first:
 * SystemTap's nettop. Whose a packet is, its socket says, also of one that arrives. Bytes are those behind the
 * link header on arrival, and with it on departure, as there. What is nobody's that is known (forwarded, ARP,
 * answers of the kernel) stands under -1. In the end all of it.
 *
 * topic:    processes
 * live:     probevue nettop   until Ctrl-C, as root
 * replay:   probevue -r arrivals.pcapng nettop
 */

@@net:netdev:transmit
{
    append(sent[__owner->pid][__owner->uid][__netdev->dev_name][__owner->name], __netdev->length);
}

@@net:netdev:receive
{
    append(received[__owner->pid][__owner->uid][__netdev->dev_name][__owner->name], __netdev->length);
}

@@interval:*:clock:5000, @@END
{
    print_table("%1$5d %2$5d %3$-7s %5$7d %6$7d %7$7d %8$7d %4$s\n",
                "PID UID DEV XMIT_PK RECV_PK XMIT_KB RECV_KB COMMAND", count(sent), count(received), sum(sent) / 1024,
                sum(received) / 1024);
    printf("\n");
    clear(sent);
    clear(received);
}
