#!/usr/bin/env probevue
/*
 * Who asks name servers: questions by client and server, answers by server, and the sizes of the answers.
 *
 * live:     probevue scripts/dns_clients.e                              until Ctrl-C
 * replay:   probevue -r tests/data/dns.pcap scripts/dns_clients.e
 */

range_t sizes;

@@BEGIN
{
    set_range(sizes, POWER, 2);
}

@@net:bpf:any:udp:""
    when (__pkt->ip_version == 4 && __udphdr->dst_port == 53)
{
    questions[__ip4hdr->src_addr][__ip4hdr->dst_addr]++;
}

@@net:bpf:any:udp:""
    when (__pkt->ip_version == 6 && __udphdr->dst_port == 53)
{
    questions[__ip6hdr->src_addr][__ip6hdr->dst_addr]++;
}

@@net:bpf:any:udp:""
    when (__pkt->ip_version == 4 && __udphdr->src_port == 53)
{
    answers[__ip4hdr->src_addr]++;
    qrange(answer_bytes[__ip4hdr->src_addr], sizes, __udphdr->length - 8);
}

@@net:bpf:any:udp:""
    when (__pkt->ip_version == 6 && __udphdr->src_port == 53)
{
    answers[__ip6hdr->src_addr]++;
    qrange(answer_bytes[__ip6hdr->src_addr], sizes, __udphdr->length - 8);
}

@@END
{
    print(questions);
    print(answers);
    print(answer_bytes);
}
