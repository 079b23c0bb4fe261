// CLAIM: a header that the protocol of the probe never fills
// EXIT: 2
@@net:bpf:eth0:udp:"port 53" { printf("%d\n", __tcphdr->src_port); }
@@net:bpf:eth0:arp:"arp" { printf("%I\n", __ip4hdr->src_addr); }
@@net:bpf:eth0:icmp4:"icmp" { printf("%d\n", __icmp6->type); }
@@net:bpf:eth0:*:"port 53" { printf("%d\n", __udphdr->src_port); }
@@BEGIN { printf("%d\n", __udphdr->src_port); }
