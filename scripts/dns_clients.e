#!/usr/bin/env probevue
/*
 * Who asks name servers, which ones, and how large answers are. Questions by client and server, answers by server,
 * and the sizes of the answers.
 *
 * topic:    names
 * live:     probevue dns_clients   until Ctrl-C
 * replay:   probevue -r dns.pcap dns_clients
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
