#!/usr/bin/env probevue
/*
 * The contents of packets: SystemTap's packet_contents.stp. For each packet its length, and its bytes from the link header on
 * in hexadecimal and as text, as `tcpdump -XX` prints them. The argument is a tcpdump filter, in quotes that reach the script.
 *
 * live:     probevue scripts/packet_contents.e '"port 80"'              until Ctrl-C, as root
 * replay:   probevue -r tests/data/telnet.pcap scripts/packet_contents.e '"tcp[13] & 8 != 0"'
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
