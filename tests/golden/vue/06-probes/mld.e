// CLAIM: __mld: version, address, records and sources of MLD's messages; all zero in other messages of ICMPv6 (extension)
// SPEC: 6.10.11
// ARGS: -r $DATA/made/groups.pcap -r $DATA/made/icmp6.pcap
@@net:bpf:any:icmp6:"" { printf("%d %d %I %d %d\n", __icmp6->type, __mld->version, __mld->group_addr, __mld->records, __mld->sources); }
