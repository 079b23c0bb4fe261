#!/usr/bin/env probevue
/*
 * Segments each second that open, accept, end or reset a connection. One line each second: TCP segments, and how
 * many of them have SYN, SYN and ACK, FIN or RST, or carry urgent data. In a replay the seconds are those of the
 * capture.
 *
 * topic:    TCP data
 * live:     probevue tcp_flags_per_second   until Ctrl-C
 * replay:   probevue -r web.pcap tcp_flags_per_second
 */

int second, segments, opened, accepted, ended, resets, urgent;

@@BEGIN
{
    printf("second segments     syn syn-ack     fin     rst     urg\n");
}

@@net:bpf:any:tcp:""
{
    segments++;
    opened += (__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN ? 1 : 0;
    accepted += (__tcphdr->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK) ? 1 : 0;
    ended += __tcphdr->flags & TH_FIN ? 1 : 0;
    resets += __tcphdr->flags & TH_RST ? 1 : 0;
    urgent += __tcphdr->flags & TH_URG ? 1 : 0;
}

@@interval:*:clock:1000
{
    second++;
    printf("%6d %8d %7d %7d %7d %7d %7d\n", second, segments, opened, accepted, ended, resets, urgent);
    segments = 0;
    opened = 0;
    accepted = 0;
    ended = 0;
    resets = 0;
    urgent = 0;
}

@@END
{
    printf("  rest %8d %7d %7d %7d %7d %7d\n", segments, opened, accepted, ended, resets, urgent);
}
