#!/usr/bin/env probevue
/*
 * ICMP messages by name, for both IP versions, and ports that refused. With the code where it says more; a line
 * for each port that refused.
 *
 * topic:    addresses and ICMP
 * live:     probevue icmp_by_type   until Ctrl-C
 * replay:   probevue -r mixed.pcapng icmp_by_type
 */

@@net:bpf:any:icmp4:""
{
    __auto String name[32];

    name = "other";
    if (__icmp->type == ICMP_ECHO) name = "echo request";
    else if (__icmp->type == ICMP_ECHOREPLY) name = "echo reply";
    else if (__icmp->type == ICMP_UNREACH) name = "unreachable";
    else if (__icmp->type == ICMP_SOURCEQUENCH) name = "source quench";
    else if (__icmp->type == ICMP_REDIRECT) name = "redirect";
    else if (__icmp->type == ICMP_TIMXCEED) name = "time exceeded";
    else if (__icmp->type == ICMP_PARAMPROB) name = "parameter problem";
    icmp[name][__icmp->code]++;
}

@@net:bpf:any:icmp4:""
    when (__icmp->type == ICMP_UNREACH && __icmp->code == ICMP_UNREACH_PORT)
{
    printf("%I says to %I: port unreachable\n", __ip4hdr->src_addr, __ip4hdr->dst_addr);
}

@@net:bpf:any:icmp6:""
{
    __auto String name[32];

    name = "other";
    if (__icmp6->type == ICMP6_ECHO_REQUEST) name = "echo request";
    else if (__icmp6->type == ICMP6_ECHO_REPLY) name = "echo reply";
    else if (__icmp6->type == ICMP6_DST_UNREACH) name = "unreachable";
    else if (__icmp6->type == ICMP6_PACKET_TOO_BIG) name = "packet too big";
    else if (__icmp6->type == ICMP6_TIME_EXCEEDED) name = "time exceeded";
    else if (__icmp6->type == ICMP6_PARAM_PROB) name = "parameter problem";
    else if (__icmp6->type >= 133 && __icmp6->type <= 136) name = "neighbour discovery";
    icmp6[name][__icmp6->code]++;
}

@@net:bpf:any:icmp6:""
    when (__icmp6->type == ICMP6_DST_UNREACH && __icmp6->code == ICMP6_DST_UNREACH_NOPORT)
{
    printf("%I says to %I: port unreachable\n", __ip6hdr->src_addr, __ip6hdr->dst_addr);
}

@@END
{
    print(icmp);
    print(icmp6);
}
