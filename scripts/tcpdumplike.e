#!/usr/bin/env probevue
/*
 * Each TCP segment that arrives for this host, with its ends and flags. SystemTap's tcpdumplike.stp, column by
 * column. The head of the table comes again every second.
 *
 * topic:    TCP data
 * live:     probevue tcpdumplike   until Ctrl-C, as root
 * replay:   probevue -r segments.pcapng tcpdumplike
 */

@@BEGIN
{
    printf("-----------------------------------------------------------------\n");
    printf("       Source IP         Dest IP  SPort  DPort  U  A  P  R  S  F \n");
    printf("-----------------------------------------------------------------\n");
}

@@interval:*:clock:1000
{
    printf("-----------------------------------------------------------------\n");
    printf("       Source IP         Dest IP  SPort  DPort  U  A  P  R  S  F \n");
    printf("-----------------------------------------------------------------\n");
}

@@net:tcp:receive
{
    printf(" %15I %15I  %5d  %5d  %d  %d  %d  %d  %d  %d\n", __proto_info->remote_addr, __proto_info->local_addr,
           __proto_info->remote_port, __proto_info->local_port, (__tcphdr->flags & TH_URG) != 0,
           (__tcphdr->flags & TH_ACK) != 0, (__tcphdr->flags & TH_PUSH) != 0, (__tcphdr->flags & TH_RST) != 0,
           (__tcphdr->flags & TH_SYN) != 0, (__tcphdr->flags & TH_FIN) != 0);
}
