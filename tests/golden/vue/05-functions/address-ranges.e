// CLAIM: is_private, is_multicast, is_loopback: the first and the last address of each range, and those next to it
// SPEC: 5.9
// extension: AIX has no such functions
@@BEGIN {
    printf("%d%d%d%d ", is_private("9.255.255.255"), is_private("10.0.0.0"), is_private("10.255.255.255"), is_private("11.0.0.0"));
    printf("%d%d%d%d ", is_private("172.15.255.255"), is_private("172.16.0.0"), is_private("172.31.255.255"), is_private("172.32.0.0"));
    printf("%d%d%d%d ", is_private("192.167.255.255"), is_private("192.168.0.0"), is_private("192.168.255.255"), is_private("192.169.0.0"));
    printf("%d%d%d%d %d\n", is_private("fbff::ffff"), is_private("fc00::"), is_private("fdff:ffff::1"), is_private("fe00::"), is_private("::ffff:10.0.0.1"));
    printf("%d%d%d%d ", is_multicast("223.255.255.255"), is_multicast("224.0.0.0"), is_multicast("239.255.255.255"), is_multicast("240.0.0.0"));
    printf("%d%d%d%d\n", is_multicast("feff::1"), is_multicast("ff00::"), is_multicast("ff02::1"), is_multicast("::"));
    printf("%d%d%d%d ", is_loopback("126.255.255.255"), is_loopback("127.0.0.0"), is_loopback("127.255.255.255"), is_loopback("128.0.0.0"));
    printf("%d%d%d %d%d\n", is_loopback("::"), is_loopback("::1"), is_loopback("::2"), is_loopback("::ffff:127.0.0.1"), is_loopback("::127.0.0.1"));
    exit();
}
