// CLAIM: where tags, tunnels, fragments and extension headers leave it open, nothing is said of a clause that may fire
// SPEC: 6.10.2
// ARGS: --check
@@net:bpf:any:tcp:"" { exit(); }
@@net:bpf:any:tcp:"not ip" { exit(); }
@@net:bpf:any:tcp:"not tcp" { exit(); }
@@net:bpf:any:ipv4:"not ip" { exit(); }
@@net:bpf:any:ipv4:"vlan" { exit(); }
@@net:bpf:any:tcp:"vlan or udp" { exit(); }
@@net:bpf:any:tcp:"udp port 53 or (vlan and udp port 53)" { exit(); }
@@net:bpf:any:udp:"geneve and tcp" { exit(); }
@@net:bpf:any:tcp:"mpls" { exit(); }
@@net:bpf:any:tcp:"pppoes" { exit(); }
@@net:bpf:any:tcp:"ip6" { exit(); }
@@net:bpf:any:udp:"ip6[6] = 0" { exit(); }
@@net:bpf:any:icmp6:"ip6[6] = 44" { exit(); }
@@net:bpf:any:tcp:"ip proto 51" { exit(); }
@@net:bpf:any:tcp:"ip proto 47 or ip proto 4" { exit(); }
@@net:bpf:any:tcp:"ether[12:2] = 0x8864" { exit(); }
@@net:bpf:any:ipv4:"ether[12:2] = 0x86dd" { exit(); }
@@net:bpf:any:ipv4:"ip[6:2] & 0x1fff != 0" { exit(); }
@@net:bpf:any:ether:"arp" { exit(); }
@@net:bpf:any:*:"udp" { exit(); }
@@net:bpf:any:icmp4:"ip and not tcp" { exit(); }
@@net:bpf:any:tcp:"port 53" { exit(); }
