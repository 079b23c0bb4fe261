#!/usr/bin/env probevue
/*
 * How long name servers take to answer over UDP, by name. Questions, those without an answer, and microseconds. An
 * answer belongs to a question when its identifier, addresses and ports are the question's. One that is asked
 * again before the answer is timed from the first; after half a minute it is another.
 *
 * topic:    names
 * live:     probevue dns_latency   until Ctrl-C
 * replay:   probevue -r names.pcap dns_latency
 */

struct dns_header
{
    unsigned short id;
    unsigned short flags;
};

@@net:bpf:any:udp:""
    when (__pkt->dst_port == 53)
{
    struct dns_header head;
    String name[255];
    __auto probev_timestamp_t start;

    copy_kdata(__pkt->payload, head);
    name = to_lower(dns_name(__pkt->payload, __pkt->payload_len));
    start = asked[head.id][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr];
    if ((head.flags & 0x8000) == 0 && name != "" &&
        (start == 0 || diff_time(start, timestamp(), MILLISECONDS) >= 30000)) {
        asked[head.id][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr] = timestamp();
        name_of[head.id][__pkt->src_addr][__pkt->src_port][__pkt->dst_addr] = name;
        questions[name]++;
        unanswered[name]++;
    }
}

/* The answer goes the other way: its destination is the client. */
@@net:bpf:any:udp:""
    when (__pkt->src_port == 53)
{
    struct dns_header head;
    String name[255];
    __auto probev_timestamp_t start;
    __auto long long usec;

    copy_kdata(__pkt->payload, head);
    start = asked[head.id][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr];
    if ((head.flags & 0x8000) != 0 && start != 0) {
        name = name_of[head.id][__pkt->dst_addr][__pkt->dst_port][__pkt->src_addr];
        usec = diff_time(start, timestamp(), MICROSECONDS);
        append(microseconds[name], usec);
        unanswered[name]--;
        delete(asked, head.id, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr);
        delete(name_of, head.id, __pkt->dst_addr, __pkt->dst_port, __pkt->src_addr);
    }
}

@@END
{
    print_table("%2$9d %3$10d %4$8d %5$8d %1$s\n", "QUESTIONS UNANSWERED AVG-USEC MAX-USEC NAME", questions, unanswered,
                avg(microseconds), max(microseconds));
}
