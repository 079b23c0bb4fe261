#!/usr/bin/env probevue
/*
 * ICMP messages by name and code, for both IP versions. A line for each port that refused.
 *
 * topic:    addresses and ICMP
 * live:     probevue icmp_by_type   until Ctrl-C
 * replay:   probevue -r mixed.pcapng icmp_by_type
 */

@@net:bpf:any:icmp4:""
{
    icmp[name_of(__icmp->type)][__icmp->code]++;
}

@@net:bpf:any:icmp6:""
{
    icmp6[name_of(__icmp6->type)][__icmp6->code]++;
}

@@net:bpf:any:icmp4:""
    when (__icmp->type == ICMP_UNREACH && __icmp->code == ICMP_UNREACH_PORT)
{
    printf("%I says to %I: port unreachable\n", __pkt->src_addr, __pkt->dst_addr);
}

@@net:bpf:any:icmp6:""
    when (__icmp6->type == ICMP6_DST_UNREACH && __icmp6->code == ICMP6_DST_UNREACH_NOPORT)
{
    printf("%I says to %I: port unreachable\n", __pkt->src_addr, __pkt->dst_addr);
}

@@END
{
    print(icmp);
    print(icmp6);
}
