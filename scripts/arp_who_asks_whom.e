#!/usr/bin/env probevue
/*
 * ARP: who asks for whom and how often without an answer, and which hardware address answers for an address. An
 * address with two lines of answers is claimed by two machines.
 *
 * live:     probevue scripts/arp_who_asks_whom.e                        until Ctrl-C
 * replay:   probevue -r tests/data/mixed.pcapng scripts/arp_who_asks_whom.e
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
