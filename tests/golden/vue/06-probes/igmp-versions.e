// CLAIM: __igmp: version of each message (queries by their length), records of a version 3 report, sources of a version 3 query (extension)
// SPEC: 6.10.11
// ARGS: -r $DATA/made/groups.pcap
@@net:bpf:any:igmp:"" { printf("%d: %x %d %d %d\n", __pkt->number, __igmp->type, __igmp->version, __igmp->records, __igmp->sources); }
