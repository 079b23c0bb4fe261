#!/usr/bin/env probevue
/*
 * The bytes of packets, in hexadecimal and as text, by a tcpdump filter. SystemTap's packet_contents.stp: for each
 * packet its length, and its bytes from the link header on, as `tcpdump -XX` prints them. The argument is a
 * tcpdump filter, in quotes that reach the script.
 *
 * topic:    packet contents
 * live:     probevue packet_contents '"port 80"'   until Ctrl-C, as root
 * replay:   probevue -r telnet.pcap packet_contents '"tcp[13] & 8 != 0"'
 */

@@BEGIN
{
    set_date_format("%H:%M:%S.%f");
}

@@net:bpf:any:*:$1
{
    printf("%A length %u\n", timestamp(), __pkt->len);
    hexdump(__mdata, __pkt->caplen);
}
