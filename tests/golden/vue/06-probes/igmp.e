// CLAIM: __igmp: type, code, checksum, group
// SPEC: 6.10.11
// ARGS: -r $DATA/made/igmp.pcap
int n;
@@net:bpf:eth0:igmp:"" when (n < 9) { n++; printf("%d %d %d %I\n", __igmp->type, __igmp->code, __igmp->cksum, __igmp->group_addr); }
