#!/usr/bin/env probevue
/*
 * RTP streams to one UDP port: packets lost, twice, and late. By SSRC: packets that arrived, those that never
 * came, came twice, or came behind later ones, by their sequence numbers (RFC 3550). One that is late is no longer
 * lost; one that comes twice makes up for no other, as it does for tshark (-z rtp,streams), whose loss is LOST -
 * TWICE. Twice is seen among the last 1,024 numbers. The argument is the port.
 *
 * topic:    losses
 * live:     probevue rtp_loss 5004   until Ctrl-C
 * replay:   probevue -r rtp.pcap rtp_loss 5004
 */

struct rtp
{
    unsigned char version;
    unsigned char payload_type;
    unsigned short sequence;
    unsigned int time;
    unsigned int source;
};

struct rtp head;
long long newest, number;
int ahead;

@@net:bpf:any:udp:""
    when (__pkt->dst_port == $1 && __pkt->payload_len >= 12)
{
    copy_kdata(__pkt->payload, head);
    if ((head.version & 0xc0) != 0x80)
        return;
    newest = highest[head.source][__pkt->src_addr][__pkt->dst_addr];
    if (newest == 0) {
        newest = 65536 + head.sequence - 1;
        first[head.source][__pkt->src_addr][__pkt->dst_addr] = newest + 1;
    }
    /* How far the number is from the highest one, which it may be behind; numbers go on at 0 after 65535. */
    ahead = (head.sequence - (int)(newest & 0xffff)) & 0xffff;
    if (ahead >= 0x8000)
        ahead -= 0x10000;
    number = newest + ahead;
    packets[head.source][__pkt->src_addr][__pkt->dst_addr]++;
    if (seen[head.source][__pkt->src_addr][__pkt->dst_addr][number & 1023] == number)
        twice[head.source][__pkt->src_addr][__pkt->dst_addr]++;
    else if (ahead > 0) {
        lost[head.source][__pkt->src_addr][__pkt->dst_addr] += ahead - 1;
        highest[head.source][__pkt->src_addr][__pkt->dst_addr] = number;
    } else {
        late[head.source][__pkt->src_addr][__pkt->dst_addr]++;
        if (number > first[head.source][__pkt->src_addr][__pkt->dst_addr])
            lost[head.source][__pkt->src_addr][__pkt->dst_addr]--;
    }
    seen[head.source][__pkt->src_addr][__pkt->dst_addr][number & 1023] = number;
}

@@END
{
    print_table("%1$10x %4$7d %5$5d %6$5d %7$5d %2$-18I %3$I\n", "SSRC PACKETS LOST TWICE LATE SENDER RECEIVER",
                packets, lost, twice, late);
}
