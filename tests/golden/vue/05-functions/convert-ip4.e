// CLAIM: convert_ip4_addr: 32 bits to an address
// SPEC: 5.9
@@BEGIN { printf("%I\n", convert_ip4_addr(0xc0000202)); exit(); }
