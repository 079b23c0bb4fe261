#!/usr/bin/env probevue
/*
 * What happens to network devices, a line a change, with who makes it. The probes are those of SystemTap's netdev
 * tapset. Where the kernel tells of changes by messages alone (`probevue -l -v '@@net:netdev*'` says netlink), the
 * process is -1.
 *
 * topic:    kernel and devices
 * live:     probevue netdev_watch   until Ctrl-C, as root
 * replay:   probevue -r netdev.pcapng netdev_watch
 */

String flag[16];

@@BEGIN
{
    set_date_format("%H:%M:%S");
    printf("%-8s %-7s %-15s %-15s %s\n", "TIME", "PID", "COMM", "DEVICE", "CHANGE");
}

@@net:netdev:register
{
    printf("%A %-7lld %-15s %-15s %s\n", timestamp(), __pid, __pname, __netdev->dev_name, "added");
}

@@net:netdev:unregister
{
    printf("%A %-7lld %-15s %-15s %s\n", timestamp(), __pid, __pname, __netdev->dev_name, "removed");
}

@@net:netdev:open
{
    printf("%A %-7lld %-15s %-15s %s\n", timestamp(), __pid, __pname, __netdev->dev_name, "up");
}

@@net:netdev:close
{
    printf("%A %-7lld %-15s %-15s %s\n", timestamp(), __pid, __pname, __netdev->dev_name, "down");
}

@@net:netdev:change_mtu
{
    printf("%A %-7lld %-15s %-15s MTU %u -> %u\n", timestamp(), __pid, __pname, __netdev->dev_name, __netdev->old_mtu,
           __netdev->new_mtu);
}

@@net:netdev:change_mac
{
    printf("%A %-7lld %-15s %-15s address %M -> %M\n", timestamp(), __pid, __pname, __netdev->dev_name,
           __netdev->old_mac, __netdev->new_mac);
}

@@net:netdev:change_rx_flag
{
    if (__netdev->flags == IFF_PROMISC)
        flag = "promiscuous";
    else if (__netdev->flags == IFF_ALLMULTI)
        flag = "all multicast";
    else
        flag = "multicast";
    if (__netdev->enable)
        printf("%A %-7lld %-15s %-15s %s on\n", timestamp(), __pid, __pname, __netdev->dev_name, flag);
    else
        printf("%A %-7lld %-15s %-15s %s off\n", timestamp(), __pid, __pname, __netdev->dev_name, flag);
}
