#!/usr/bin/env probevue
/*
 * Packets as bytes, laid out by the script: an example of the AIX manual. The raw packet example, with the
 * addresses printed too: with `*` as the protocol the header variables are not there, and the script maps the
 * bytes onto structures of its own. Copying turns integers from network order into that of the host. The bytes are
 * those of Ethernet; other link types begin with another header.
 *
 * topic:    packet contents
 * live:     probevue raw_packet   until Ctrl-C
 * replay:   probevue -r telnet.pcap raw_packet
 */

/* Define the ether header structure */
struct ether_header
{
    char ether_dhost[6];
    char ether_shost[6];
    short ether_type;
};

@@net:bpf:any:*:"port 23"
{
    /* define the script local variables */
    __auto struct ether_header eth;
    __auto char *mb;

    /* __mdata contains the address of packet data */
    mb = (char *)__mdata;

    /* Use the already available Vue function to copy the data */
    copy_kdata(mb, eth);

    printf("Ether Type from raw data :%x\n", eth.ether_type);
    printf("from %02x:%02x:%02x:%02x:%02x:%02x\n", eth.ether_shost[0], eth.ether_shost[1], eth.ether_shost[2],
           eth.ether_shost[3], eth.ether_shost[4], eth.ether_shost[5]);
}
