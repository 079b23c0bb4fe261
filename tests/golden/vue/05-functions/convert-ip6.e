// CLAIM: convert_ip6_addr: 16 bytes to an address
// SPEC: 5.9
@@BEGIN { char b[16]; b[0] = 0xfe; b[1] = 0x80; b[15] = 1; printf("%I\n", convert_ip6_addr(b)); exit(); }
