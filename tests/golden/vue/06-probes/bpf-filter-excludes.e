// CLAIM: a clause whose filter lets nothing of its protocol through is told of
// SPEC: 6.10.2
// ARGS: --check
@@net:bpf:any:tcp:"udp port 53" { exit(); }
@@net:bpf:any:tcp:"port 53 and udp" { exit(); }
@@net:bpf:any:udp:"tcp[tcpflags] & tcp-syn != 0" { exit(); }
@@net:bpf:any:ipv4:"ip6" { exit(); }
@@net:bpf:any:ipv4:"host 2001:db8::1" { exit(); }
@@net:bpf:any:ipv6:"net 192.0.2.0/24" { exit(); }
@@net:bpf:any:arp:"port 80" { exit(); }
@@net:bpf:any:icmp4:"icmp6" { exit(); }
@@net:bpf:any:icmp6:"icmp" { exit(); }
@@net:bpf:any:igmp:"udp" { exit(); }
@@net:bpf:any:tcp:"less 100 and udp" { exit(); }
@@net:bpf:any:tcp:"vlan 5 and udp" { exit(); }
@@net:bpf:any:tcp:"sctp port 80" { exit(); }
@@net:bpf:any:rarp:"arp" { exit(); }
