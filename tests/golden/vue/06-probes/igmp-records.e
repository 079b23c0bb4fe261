// CLAIM: igmp_group, igmp_record and igmp_sources: a record of a report by its index; 0.0.0.0 and 0 where there is none (extension)
// SPEC: 6.10.11
// ARGS: -r $DATA/made/groups.pcap
int last;
@@net:bpf:any:igmp:"" when (__pkt->number <= 10)
{
    last = __igmp->records - 1;
    printf("%d: %d", __pkt->number, __igmp->records);
    printf(" %I %d %d", igmp_group(0), igmp_record(0), igmp_sources(0));
    printf(" %I %d %d", igmp_group(1), igmp_record(1), igmp_sources(1));
    printf(" last %I %d %d", igmp_group(last), igmp_record(last), igmp_sources(last));
    printf(" none %I %d %d\n", igmp_group(last + 1), igmp_record(last + 1), igmp_sources(-1));
}
