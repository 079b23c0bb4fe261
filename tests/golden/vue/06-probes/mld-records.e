// CLAIM: mld_group, mld_record and mld_sources: a record of a report by its index; :: and 0 where there is none (extension)
// SPEC: 6.10.11
// ARGS: -r $DATA/made/groups.pcap
int last;
@@net:bpf:any:icmp6:"" when (__mld->version == 2)
{
    last = __mld->records - 1;
    printf("%d: %d", __pkt->number, __mld->records);
    printf(" %I %d %d", mld_group(0), mld_record(0), mld_sources(0));
    printf(" last %I %d %d", mld_group(last), mld_record(last), mld_sources(last));
    printf(" none %I %d %d\n", mld_group(last + 1), mld_record(last + 1), mld_sources(-1));
}
