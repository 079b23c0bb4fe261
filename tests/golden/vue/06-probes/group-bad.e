// CLAIM: records that say what is not so: as many as are there count, at the most as many as the report says (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/groups-bad.pcap
@@net:bpf:any:group:"" { printf("%d.%d %I %d %d\n", __pkt->number, __group->number, __group->addr, __group->type, __group->sources); }
@@net:bpf:any:igmp:"" { printf("%d: %d, %I %I\n", __pkt->number, __igmp->records, igmp_group(2), igmp_group(65535)); }
