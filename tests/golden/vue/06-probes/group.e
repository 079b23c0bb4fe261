// CLAIM: protocol group: a clause runs once for each group that a host tells of, in any version of IGMP and MLD; not for queries (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/groups.pcap
@@net:bpf:any:group:"" when (__pkt->number < 10 or __group->number > 180 or __pkt->number > 18 and __group->number < 3)
{
    printf("%d.%d %I %I %d %d, message %d%d\n", __pkt->number, __group->number, __pkt->src_addr, __group->addr, __group->type,
           __group->sources, __igmp->type, __icmp6->type);
}
