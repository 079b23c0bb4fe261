#!/usr/bin/env probevue
/*
 * What hosts offer when they open TCP connections, and when they accept. Window, maximum segment size, window
 * scale, whether they take selective acknowledgements and send time stamps, of each SYN (sent again or not). An
 * option that is absent is 0, as is a scale of 0.
 *
 * topic:    TCP connections
 * live:     probevue tcp_options   until Ctrl-C
 * replay:   probevue -r web.pcap tcp_options
 */

String side[8];
int stamps;

@@net:bpf:any:tcp:""
    when (__tcphdr->flags & TH_SYN)
{
    side = __tcphdr->flags & TH_ACK ? "accepts" : "opens";
    stamps = __tcphdr->ts_val != 0;
    syns[__pkt->src_addr][side][__tcphdr->window][__tcphdr->mss][__tcphdr->wscale][__tcphdr->sack_ok][stamps]++;
}

@@END
{
    print_table("%8$5d %3$6d %4$5d %5$5d %6$4d %7$6d %2$-7s %1$I\n", "SYNS WINDOW MSS SCALE SACK STAMPS SIDE HOST",
                syns);
}
