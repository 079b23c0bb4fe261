#!/usr/bin/env probevue
/*
 * ARP: who asks for whom, how often without an answer, and who answers. Answers are told by address and hardware
 * address: an address with two lines of them is claimed by two machines.
 *
 * topic:    addresses and ICMP
 * live:     probevue arp_who_asks_whom   until Ctrl-C
 * replay:   probevue -r mixed.pcapng arp_who_asks_whom
 */

@@net:bpf:any:arp:""
    when (__arphdr->operation == ARPOP_REQUEST)
{
    unanswered[__arphdr->src_ip][__arphdr->dst_ip]++;
}

@@net:bpf:any:arp:""
    when (__arphdr->operation == ARPOP_REPLY)
{
    delete(unanswered, __arphdr->dst_ip, __arphdr->src_ip);
    answers[__arphdr->src_ip][__arphdr->src_mac_addr]++;
}

@@END
{
    print(unanswered);
    print(answers);
}
