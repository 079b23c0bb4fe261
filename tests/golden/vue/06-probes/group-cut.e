// CLAIM: of a report that is cut off the records that are there up to their group (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/groups-cut.pcap
@@net:bpf:any:group:"" { groups[__group->addr]++; }
@@net:bpf:any:group:"" when (__group->number == 2 and __pkt->ip_version == 6) { last = __pkt->caplen; }
@@END { print(groups); printf("%u\n", last); }
