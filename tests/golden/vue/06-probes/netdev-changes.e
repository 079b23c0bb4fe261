// CLAIM: changes of devices: MTU, hardware address, what is received and how many want all, calls and counters, from a recording
// SPEC: 6.10
// extension: AIX has no probe of devices
// ARGS: -r $DATA/netdev.pcapng
@@net:netdev:register, @@net:netdev:open, @@net:netdev:close, @@net:netdev:unregister
{ printf("%s %s %d %s\n", get_probe(), __netdev->dev_name, __netdev->ifindex, __pname); }
@@net:netdev:change_mtu { printf("%s: %u to %u\n", __netdev->dev_name, __netdev->old_mtu, __netdev->new_mtu); }
@@net:netdev:change_mac
{ printf("%s: %M to %M, %u bytes\n", __netdev->dev_name, __netdev->old_mac, __netdev->new_mac, __netdev->mac_len); }
@@net:netdev:change_rx_flag
{ printf("%s: flag %x %d %d\n", __netdev->dev_name, __netdev->flags, __netdev->enable, __netdev->disable); }
@@net:netdev:set_promiscuity
{ printf("%s: %d %d %d\n", __netdev->dev_name, __netdev->inc, __netdev->enable, __netdev->disable); }
@@net:netdev:ioctl when (__pname == "perl") { printf("%s: %x %s\n", __pname, __netdev->cmd, __netdev->arg); }
@@net:netdev:get_stats when (__pname == "cat") { reads[__netdev->dev_name]++; }
@@END { print(reads); }
