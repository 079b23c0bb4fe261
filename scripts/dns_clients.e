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
    when (__pkt->dst_port == 53)
{
    questions[__pkt->src_addr][__pkt->dst_addr]++;
}

@@net:bpf:any:udp:""
    when (__pkt->src_port == 53)
{
    answers[__pkt->src_addr]++;
    qrange(answer_bytes[__pkt->src_addr], sizes, __pkt->payload_len);
}

@@END
{
    print(questions);
    print(answers);
    print(answer_bytes);
}
