// CLAIM: who changes what of which group, of all records of version 3 reports, and of version 2 by its messages (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/groups.pcap
@@net:bpf:any:group:"igmp" when (__pkt->number < 8 and __igmp->version == 3) { changes[__ip4hdr->src_addr][__group->addr][__group->type]++; }
@@net:bpf:any:group:"igmp" when (__pkt->number < 8 and __igmp->version == 2) { v2[__ip4hdr->src_addr][__group->addr][__igmp->type]++; }
@@END { print(changes); print(v2); }
